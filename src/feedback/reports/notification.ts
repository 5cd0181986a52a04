/** What Amazon SES publishes through SNS, when the topic is sent to us as mail: JSON in the text. */
import { z } from 'zod';
import type { RecipientReport } from '../report.ts';

const address = z.string().max(320);
const notification = z.object({
  notificationType: z.enum(['Bounce', 'Complaint', 'Delivery']),
  bounce: z
    .object({
      bouncedRecipients: z
        .array(
          z.object({
            emailAddress: address,
            status: z.string().optional(),
            diagnosticCode: z.string().optional(),
          }),
        )
        .max(100),
    })
    .optional(),
  complaint: z
    .object({
      complainedRecipients: z.array(z.object({ emailAddress: address })).max(100),
      complaintFeedbackType: z.string().nullish(),
    })
    .optional(),
});

export interface NotifiedBounce {
  recipient: string;
  status: string;
  diagnostic: string;
}

export type Notification =
  | { kind: 'bounce'; recipients: NotifiedBounce[] }
  | { kind: 'complaint'; recipients: RecipientReport[] };

/** Null if the text is none. */
export function readNotification(text: string): Notification | null {
  const { bounce, complaint } = parse(text) ?? {};
  if (bounce)
    return {
      kind: 'bounce',
      recipients: bounce.bouncedRecipients.map(({ emailAddress, status = '', diagnosticCode = '' }) => ({
        recipient: emailAddress,
        status,
        diagnostic: diagnosticCode.replace(/^smtp;\s*/i, ''),
      })),
    };
  if (!complaint) return null;
  const reason = complaint.complaintFeedbackType ?? 'abuse';
  const recipients = complaint.complainedRecipients.map(({ emailAddress }) => ({
    recipient: emailAddress,
    original: null,
    class: 'feedback' as const,
    reason,
    status: null,
    diagnostic: null,
  }));
  return { kind: 'complaint', recipients };
}

/** The JSON stands in one line, before the words of SNS. */
function parse(text: string): z.infer<typeof notification> | null {
  const line = text.split('\n').find((one) => one.startsWith('{') && one.includes('"notificationType"'));
  if (line === undefined) return null;
  try {
    return notification.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
