/** Suppresses a person everywhere for what came back, with a consent record that says which report it was. */
import type { Keys } from '../consent/keys.ts';
import { writeRecord } from '../consent/record.ts';
import { suppress } from '../consent/suppress.ts';
import { unsubscribeFromAll } from '../consent/unsubscribe.ts';
import type { Trx } from '../db/connection.ts';

interface Reported {
  identity: string;
  issue: number;
  delivery: number;
  /** `imap report 17`. */
  source: string;
}

/** A complaint also ends every subscription, so that a later confirmation of one revives that one only. */
export async function suppressPerson(
  trx: Trx,
  keys: Keys,
  { identity, issue, delivery, source }: Reported,
  reason: 'bounce' | 'complaint',
): Promise<void> {
  const scope = { newsletterId: null, until: null };
  const { added, subscriberId } = await suppress(trx, keys, { ...scope, identity, reason, source });
  if (subscriberId === null) return;
  if (reason === 'complaint') await unsubscribeFromAll(trx, subscriberId, 'complaint');
  if (!added) return;
  await writeRecord(trx, {
    step: reason === 'bounce' ? 'bounced' : 'complained',
    subscriberId,
    newsletterId: null,
    wording: null,
    origin: { source, ipHash: null, page: null, userAgent: null, language: null },
    delivery: { issue, delivery },
  });
}
