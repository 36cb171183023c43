import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';

export interface Notification {
  /** Fewer than 100 printable ASCII characters, as SNS demands. */
  readonly subject: string;
  readonly text: string;
}

/** Tells the programme's office: SNS, or what stands for it in tests. */
export interface Notifier {
  notify(notification: Notification): Promise<void>;
}

/** Messages to a topic of SNS. */
export function snsNotifier(client: SNSClient, topicArn: string): Notifier {
  return {
    async notify({ subject, text }) {
      await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text }));
    },
  };
}
