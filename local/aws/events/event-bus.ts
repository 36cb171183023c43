import { randomUUID } from 'node:crypto';
import type { FaultPoints } from '../../faults/fault-points';
import type { BusEvent, Clock, EventPublisher } from '../service';
import { type EventPattern, matchesPattern } from './event-pattern';
import type { Schedule } from './schedule';
import { type TargetInput, targetPayload } from './target-input';

export interface RuleTarget {
  readonly arn: string;
  readonly input: TargetInput;
  /** Role under which a state machine is started. */
  readonly roleArn?: string;
  /** Queue for events that the target does not accept. */
  readonly deadLetterQueueArn?: string;
}

export interface Rule {
  readonly arn: string;
  readonly enabled: boolean;
  readonly pattern?: EventPattern;
  readonly schedule?: Schedule;
  readonly targets: readonly RuleTarget[];
}

/** Delivery to one kind of target; throws where the target does not accept the event. */
export interface TargetDelivery {
  lambda(ruleArn: string, functionArn: string, payload: unknown): void;
  queue(ruleArn: string, queueArn: string, payload: unknown): void;
  stateMachine(ruleArn: string, stateMachineArn: string, roleArn: string, payload: unknown): void;
}

export interface EventBusOptions {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly delivery: TargetDelivery;
  /** Takes what could not be delivered, by queue ARN. */
  deliverToQueue(queueArn: string, body: string): void;
  /** Told of an event that was lost because no queue takes it. */
  undeliverable(ruleArn: string, targetArn: string, error: Error): void;
  /** What a drill does to events; absent: nothing. */
  readonly drill?: FaultPoints | undefined;
}

/** Longest wait of a JavaScript timer. */
const longestTimeout = 2 ** 31 - 1;

/**
 * The default event bus. A published event is matched at once and handed to what its targets keep: a function's queue
 * of asynchronous invocations, a queue, an execution; so a killed platform loses none that was published.
 */
export class EventBus implements EventPublisher {
  private readonly rules = new Map<string, Rule>();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly options: EventBusOptions) {}

  /** Makes or replaces a rule. */
  putRule(rule: Rule): void {
    clearTimeout(this.timers.get(rule.arn));
    this.rules.set(rule.arn, rule);
    if (rule.schedule && rule.enabled) this.arm(rule, rule.schedule);
  }

  ruleCount(): number {
    return this.rules.size;
  }

  publish(event: BusEvent): void {
    const envelope = this.envelope(event);
    for (const rule of this.rules.values()) {
      if (!rule.enabled || !rule.pattern || !matchesPattern(rule.pattern, envelope)) continue;
      if (this.options.drill) this.deliverDrilled(rule, event, envelope, this.options.drill);
      else this.deliver(rule, envelope);
    }
  }

  close(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private envelope(event: BusEvent): Readonly<Record<string, unknown>> {
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': event.detailType,
      source: event.source,
      account: this.options.accountId,
      time: `${this.options.clock.now().toISOString().slice(0, 19)}Z`,
      region: this.options.region,
      resources: event.resources,
      detail: event.detail,
    };
  }

  private arm(rule: Rule, schedule: Schedule): void {
    const now = this.options.clock.now();
    const due = schedule.next(now);
    const wait = Math.min(due.getTime() - now.getTime(), longestTimeout);
    const timer = setTimeout(() => {
      if (this.options.clock.now() >= due) {
        this.deliver(
          rule,
          this.envelope({
            source: 'aws.events',
            detailType: 'Scheduled Event',
            detail: {},
            resources: [rule.arn],
          }),
        );
      }
      this.arm(rule, schedule);
    }, wait);
    timer.unref();
    this.timers.set(rule.arn, timer);
  }

  private deliverDrilled(
    rule: Rule,
    event: BusEvent,
    envelope: Readonly<Record<string, unknown>>,
    drill: FaultPoints,
  ): void {
    for (const delay of drill.deliveries(event)) {
      if (delay === 0) this.deliver(rule, envelope);
      else setTimeout(() => this.deliver(rule, envelope), delay).unref();
    }
  }

  private deliver(rule: Rule, event: Readonly<Record<string, unknown>>): void {
    for (const target of rule.targets) {
      const payload = targetPayload(target.input, event);
      try {
        this.deliverTo(rule.arn, target, payload);
      } catch (error) {
        if (target.deadLetterQueueArn === undefined) {
          this.options.undeliverable(rule.arn, target.arn, error as Error);
        } else {
          this.options.deliverToQueue(target.deadLetterQueueArn, JSON.stringify(payload));
        }
      }
    }
  }

  private deliverTo(ruleArn: string, target: RuleTarget, payload: unknown): void {
    const service = target.arn.split(':')[2];
    const { delivery } = this.options;
    if (service === 'lambda') delivery.lambda(ruleArn, target.arn, payload);
    else if (service === 'sqs') delivery.queue(ruleArn, target.arn, payload);
    else if (service === 'states') delivery.stateMachine(ruleArn, target.arn, target.roleArn ?? '', payload);
    else throw new Error(`${target.arn} is no kind of target that the embedded platform knows`);
  }
}
