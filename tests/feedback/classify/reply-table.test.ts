import { expect, test } from 'vitest';
import type { ReplyRow } from '../../../src/delivery/replies/row.ts';
import { replyRows } from '../../../src/delivery/replies/table.ts';
import { classify } from '../../../src/feedback/classify/classify.ts';
import type { FeedbackClass } from '../../../src/feedback/report.ts';

/**
 * A server says the same words to us, in an SMTP reply, and to our relay, which reports them. The reply table decides
 * what to do with a delivery, these rules what to think of an address, so they cannot be one; but they may not disagree.
 */
function agreeing({ about, means }: ReplyRow): readonly FeedbackClass[] {
  if (about === 'address' && means === 'address') return ['hard'];
  if (about === 'address' && means === 'mailbox-full') return ['soft'];
  return ['soft', 'block'];
}

test.each(replyRows.map((row) => ({ row, reply: row.reply })))(
  'agrees with the reply table on $reply',
  ({ row, reply }) => {
    const verdict = classify({ action: 'failed', status: '', diagnostic: reply, cause: '', text: '' });
    expect(agreeing(row)).toContain(verdict.class);
  },
);
