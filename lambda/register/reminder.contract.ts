import * as z from 'zod';
import { reminderStep } from './grant.contract';
import { grantId, instant, londonDate, projectId } from './identifiers.contract';

/**
 * A message that access ends soon, written with the event and sent after it. It waits here until it was sent, so that one
 * that was cut short goes out with the next run. It names no people.
 */
export const reminderMessage = z.object({
  projectId,
  grantId,
  daysBefore: reminderStep,
  daysLeft: z.number().int().min(0),
  lastDay: londonDate,
  recordedAt: instant,
  sentAt: instant.optional(),
  /** Seconds since 1970; set when it was sent: the event stays, the message may go. */
  timeToLive: z.number().int().optional(),
});

/** `REMINDERS` / `<grant>#<step>`. */
export const reminderRecord = reminderMessage.extend({ pk: z.literal('REMINDERS'), sk: z.string() });

export type ReminderMessage = z.infer<typeof reminderMessage>;
