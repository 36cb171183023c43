import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TextWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { balanceAlarm } from '../../lambda/splits/balance-alarm.contract';
import type { NmipFunction } from '../constructs/nmip-function';
import type { RecordTable } from '../constructs/record-table';
import type { ApiStack } from './api-stack';
import type { CredentialsStack } from './credentials-stack';
import type { DicomwebAuthoriserStack } from './dicomweb-authoriser-stack';
import type { HistoryStack } from './history-stack';
import type { KeysStack } from './keys-stack';
import type { PipelineStack } from './pipeline-stack';
import type { QuarantineStack } from './quarantine-stack';
import type { RecordsStack } from './records-stack';
import type { RegisterStack } from './register-stack';
import type { ReleasesStack } from './releases-stack';
import type { PlatformStackProps } from './stateful-stack';
import type { WithdrawalStack } from './withdrawal-stack';

export interface ObservabilityStackProps extends PlatformStackProps {
  readonly keys: KeysStack;
  readonly records: RecordsStack;
  readonly authorisation: DicomwebAuthoriserStack;
  readonly pipeline: PipelineStack;
  readonly quarantine: QuarantineStack;
  readonly register: RegisterStack;
  readonly withdrawal: WithdrawalStack;
  readonly releases: ReleasesStack;
  readonly history: HistoryStack;
  readonly credentials: CredentialsStack;
  readonly api: ApiStack;
}

/** An event that waits for so long is not exported: the worker runs every minute. */
const LONGEST_OUTBOX_SECONDS = 600;

interface Watch {
  readonly name: string;
  /** What it means, in one sentence. */
  readonly says: string;
  readonly metric: IMetric;
  readonly above: number;
  /** Periods of five minutes in a row. */
  readonly periods?: number;
}

const period = Duration.minutes(5);

/** IAM says "minutes" of its changes and takes seconds as a rule; a night above this is one to look at. */
const REVOCATION_BOUND_SECONDS = 120;

/** Messages in dead-letter queues, and one more while the register's events wait for too long or their worker does not run. */
function undelivered(queues: readonly IQueue[], worker: NmipFunction): MathExpression {
  const messages = queues.map((queue) =>
    queue.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MAXIMUM }),
  );
  const age = new Metric({
    namespace: 'nmip',
    metricName: 'OutboxAge',
    dimensionsMap: { service: 'export-events' },
    period,
    statistic: Stats.MAXIMUM,
  });
  const runs = worker.function.metricInvocations({ period, statistic: Stats.SUM });
  return new MathExpression({
    expression: [
      ...messages.map((_, index) => `FILL(m${index}, 0)`),
      `FLOOR(FILL(age, 0) / ${LONGEST_OUTBOX_SECONDS})`,
      'IF(FILL(runs, 0) < 1, 1, 0)',
    ].join(' + '),
    usingMetrics: {
      ...Object.fromEntries(messages.map((metric, index) => [`m${index}`, metric])),
      age,
      runs,
    },
    period,
    label: 'messages',
  });
}

/** One dashboard and at most twelve alarms, each with its page of the runbook. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, props: ObservabilityStackProps) {
    super(scope, id, props);
    const { configuration, keys } = props;
    const topic = new Topic(this, 'Alarms', { masterKey: keys.operationsKey, enforceSSL: true });
    if (configuration.alarms.email !== undefined) {
      topic.addSubscription(new EmailSubscription(configuration.alarms.email));
    }
    const watches = this.watches(props);
    for (const watch of watches) {
      new Alarm(this, watch.name, {
        alarmDescription: `${watch.says} Runbook: docs/runbook.md#${watch.name}`,
        metric: watch.metric,
        threshold: watch.above,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: watch.periods ?? 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }).addAlarmAction(new SnsAction(topic));
    }
    this.makeDashboard(configuration.environmentName, watches, props);
  }

  private watches({
    records,
    authorisation,
    pipeline,
    quarantine,
    register,
    withdrawal,
    releases,
    history,
    credentials,
    api,
  }: ObservabilityStackProps): Watch[] {
    const { functions, deadLetterQueues } = pipeline;
    const { stateMachine } = pipeline.workflow;
    const errors = ({ function: handler }: NmipFunction) =>
      handler.metricErrors({ period, statistic: Stats.SUM });
    const math = (expression: string, usingMetrics: Record<string, IMetric>, label: string) =>
      new MathExpression({ expression, usingMetrics, period, label });
    const sum = (metrics: readonly IMetric[], label: string) =>
      math(
        metrics.map((_, index) => `m${index}`).join(' + '),
        Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
        label,
      );
    /** A metric that a function counts itself. */
    const counted = (metricName: string, service: string, every = period) =>
      new Metric({
        namespace: 'nmip',
        metricName,
        dimensionsMap: { service },
        period: every,
        statistic: Stats.SUM,
      });
    const throttledRequests = ({ table }: RecordTable) =>
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName: 'ThrottledRequests',
        dimensionsMap: { TableName: table.tableName },
        period,
        statistic: Stats.SUM,
      });
    return [
      {
        name: 'submission-stopped',
        says: 'A submission, the replay of quarantined files, a withdrawal or a release failed beyond its retries and waits for an operator.',
        metric: sum(
          [pipeline.workflow, quarantine.replay, withdrawal.workflow, releases.workflow].map((workflow) =>
            workflow.stateMachine.metricFailed({ period, statistic: Stats.SUM }),
          ),
          'executions',
        ),
        above: 0,
      },
      {
        name: 'events-undelivered',
        says: 'Answers of the opt-out service, ends of import jobs or runs of a schedule, denials of sessions among them, wait in a dead-letter queue, or events of the register are not exported.',
        metric: undelivered(
          [
            ...deadLetterQueues,
            quarantine.deadLetterQueue,
            register.deadLetterQueue,
            history.deadLetterQueue,
            credentials.denial.deadLetterQueue,
          ],
          history.exportEvents,
        ),
        above: 0,
      },
      {
        name: 'deidentification-failing',
        says: 'Batches fail, or the container of a large file does, and files go to quarantine as PROCESSING_FAILED; or the shares of the split are not those of its draw.',
        // one large file is enough: its container was tried five times more
        metric: math(
          'FILL(batches, 0) + 6 * (FILL(large, 0) + FILL(balance, 0))',
          {
            batches: errors(functions.deidentifyBatch),
            large: counted('LargeFilesFailed', 'quarantine-batch'),
            balance: counted(balanceAlarm.metric, balanceAlarm.service),
          },
          'errors',
        ),
        above: 5,
      },
      {
        name: 'import-failing',
        says: 'Import jobs cannot be reconciled with what was sent.',
        metric: errors(functions.reconcileImport),
        above: 0,
      },
      {
        name: 'image-set-not-primary',
        says: 'HealthImaging set instances apart from their series; they were deleted and quarantined, to be imported again.',
        metric: counted('ImageSetsNotPrimary', 'reconcile-import'),
        above: 0,
      },
      {
        name: 'clearance-refused',
        says: 'An answer of the opt-out service cannot be used, or none came within the time limit: its patients do not pass.',
        metric: sum(
          [counted('ClearanceRefused', 'receive-clearance'), counted('ClearanceMissing', 'deidentify-batch')],
          'answers',
        ),
        above: 0,
      },
      {
        name: 'quarantine-ends-soon',
        says: 'Quarantined files that could be released will be deleted soon, and nobody has decided about them.',
        metric: counted('QuarantineEndsSoon', 'expire-quarantine', Duration.days(1)),
        above: 0,
      },
      {
        name: 'receipt-failing',
        says: 'A receipt does not balance or cannot be signed.',
        metric: errors(functions.writeReceipt),
        above: 0,
      },
      {
        name: 'api-failing',
        says: 'The API answers with 5xx, or its authoriser fails and nobody can work.',
        // API Gateway answers with 500 where its authoriser fails, so both may count one failure
        metric: math(
          'MAX([FILL(answers, 0), FILL(authoriser, 0)])',
          {
            answers: api.api.api.metricServerError({ period, statistic: Stats.SUM }),
            authoriser: errors(api.authoriseRequest),
          },
          'failures',
        ),
        above: 5,
      },
      {
        name: 'revocation-slow',
        says: 'A revocation takes too long to reach running sessions, or could not be measured.',
        metric: math(
          `FILL(seconds, 0) + ${REVOCATION_BOUND_SECONDS + 1} * (FILL(unseen, 0) + FILL(failed, 0))`,
          {
            seconds: new Metric({
              namespace: 'nmip',
              metricName: 'RevocationSeconds',
              dimensionsMap: { service: 'revocation-canary' },
              period,
              statistic: Stats.MAXIMUM,
            }),
            unseen: counted('RevocationsNotSeen', 'revocation-canary'),
            failed: errors(credentials.revocation.canary),
          },
          'seconds',
        ),
        above: REVOCATION_BOUND_SECONDS,
      },
      {
        name: 'readers-refused',
        says: 'Credentials cannot be issued although the register allows them, or the DICOMweb authoriser fails or takes longer than its second.',
        metric: math(
          'issuer + FLOOR(authoriser / 6)',
          { issuer: errors(credentials.issuer), authoriser: errors(authorisation.authoriser) },
          'failures',
        ),
        above: 0,
      },
      {
        name: 'throttled',
        says: 'Step Functions, Lambda or DynamoDB slow the platform down.',
        // each against what a passing peak reaches
        metric: math(
          'MAX([transitions / 100, batches / 500, ledger / 100, register / 100])',
          {
            transitions: stateMachine.metricThrottled({ period, statistic: Stats.SUM }),
            batches: functions.deidentifyBatch.function.metricThrottles({ period, statistic: Stats.SUM }),
            ledger: throttledRequests(records.ledger),
            register: throttledRequests(records.register),
          },
          'times a passing peak',
        ),
        above: 1,
        periods: 3,
      },
    ];
  }

  private makeDashboard(
    environmentName: string,
    watches: readonly Watch[],
    { pipeline, api: { api } }: ObservabilityStackProps,
  ): void {
    const { functions } = pipeline;
    const { stateMachine } = pipeline.workflow;
    const graph = (title: string, ...left: IMetric[]) =>
      new GraphWidget({ title, left, width: 8, height: 6 });
    new Dashboard(this, 'Dashboard', {
      dashboardName: `nmip-${environmentName}`,
      widgets: [
        [new TextWidget({ markdown: '# NMIP\nWhat to do: docs/runbook.md', width: 24, height: 2 })],
        [
          graph(
            'Submissions',
            stateMachine.metricStarted({ period }),
            stateMachine.metricSucceeded({ period }),
            stateMachine.metricFailed({ period }),
          ),
          graph(
            'Batches',
            functions.deidentifyBatch.function.metricInvocations({ period }),
            functions.deidentifyBatch.function.metricErrors({ period }),
            functions.deidentifyBatch.function.metricThrottles({ period }),
          ),
          graph(
            'Seconds a batch',
            functions.deidentifyBatch.function.metricDuration({ period, statistic: 'p95' }),
          ),
        ],
        [
          graph('Requests', api.api.metricCount({ period })),
          graph(
            'Refused and failed',
            api.api.metricClientError({ period }),
            api.api.metricServerError({ period }),
          ),
          graph('Latency', api.api.metricLatency({ period, statistic: 'p99' })),
        ],
        watches.slice(0, 3).map((watch) => graph(watch.name, watch.metric)),
      ],
    });
  }
}
