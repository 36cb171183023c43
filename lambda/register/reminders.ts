import type { Clock } from '../platform/clock';
import { absent, type TransactionWrite } from '../platform/document-table';
import type { Reminder } from './grant-expiry';
import type { Notification, Notifier } from './notifier';
import { REMINDERS_PARTITION, type RegisterTable, reminderKey } from './register-table';
import { type ReminderMessage, reminderMessage } from './reminder.contract';

/** Messages that were sent are kept for a month, for whoever asks whether they were. */
const KEPT_SECONDS = 30 * 86_400;

/** The message of a reminder, for the transaction of its event. */
export function recordReminder(reminder: Reminder, now: Date): TransactionWrite {
  const { step, ...rest } = reminder;
  const message: ReminderMessage = { ...rest, daysBefore: step, recordedAt: now.toISOString() };
  return { put: { ...reminderKey(reminder.grantId, step), ...message }, condition: absent };
}

function left(days: number): string {
  if (days === 0) return 'today';
  return days === 1 ? 'tomorrow' : `in ${days} days`;
}

/** What people read. The project is named by its id alone: who may know more looks it up. */
export function reminderText({ projectId, grantId, daysLeft, lastDay }: ReminderMessage): Notification {
  return {
    subject: `NMIP: access of a project ends ${left(daysLeft)}`,
    text: [
      `Access of project ${projectId} (grant ${grantId}) ends ${left(daysLeft)}: its last day is ${lastDay}, until 23:59:59 in London.`,
      '',
      'Where the work is to go on, its applicant asks the committee for a renewal before that day. What was not approved',
      'by then has no access until it is. Nothing has to be done where the work is finished.',
      '',
      `The project:  nmip projects ${projectId}`,
    ].join('\n'),
  };
}

export interface ReminderPorts {
  readonly table: RegisterTable;
  readonly clock: Clock;
  readonly notifier: Notifier;
}

/**
 * Sends what waits and remembers that it was sent. A run that is cut short between the two sends one message again; none
 * is lost.
 *
 * @returns how many were sent
 */
export async function sendReminders({ table, clock, notifier }: ReminderPorts): Promise<number> {
  const messages = await table.queryAll({ pk: REMINDERS_PARTITION }, reminderMessage);
  const waiting = messages.filter(({ sentAt }) => sentAt === undefined);
  for (const message of waiting) {
    await notifier.notify(reminderText(message));
    const now = clock.now();
    await table.transact([
      {
        put: {
          ...reminderKey(message.grantId, message.daysBefore),
          ...message,
          sentAt: now.toISOString(),
          timeToLive: Math.floor(now.getTime() / 1000) + KEPT_SECONDS,
        },
      },
    ]);
  }
  return waiting.length;
}
