/** Readers who leave while the issue is being sent: by one-click unsubscribe, or by suppression. */
import { sql } from 'kysely';
import { Keys } from '../../src/consent/keys.ts';
import { suppress } from '../../src/consent/suppress.ts';
import { unsubscribeToken } from '../../src/consent/tokens.ts';
import { systemClock } from '../../src/io/clock.ts';
import { waitWhileInFlight } from '../../src/ledger/unsubscribe-guard.ts';
import { until } from '../helpers/until.ts';
import { retry } from './retry.ts';
import { seededRandom } from './seeded-random.ts';
import { SECRET, type TrialContext } from './trial-context.ts';

const keys = new Keys([SECRET]);
const OPT_OUTS = 10;
/** A service mail that is long gone. */
const EARLIER_MAIL = { issue: 0, delivery: 0 };

interface Person {
  email: string;
  identity: string;
  subscriber: number;
  newsletter: number;
  linkKey: number;
  delivery: number;
}

/**
 * Unsubscribes by the link of this mail if the reader has it, else of an earlier one: the ledger believes that whoever
 * uses a mail's link has received that mail. Retries while the page does not answer, as mail programs do.
 */
export async function unsubscribeReaders(context: TrialContext, n: number): Promise<void> {
  for (const person of await pickReaders(context, n)) {
    const has = context.harness.sink.accepted.some((mail) => mail.to === person.email);
    const mail = has ? { issue: context.issueId, delivery: person.delivery } : EARLIER_MAIL;
    const token = unsubscribeToken(keys, { ...person, ...mail });
    await until(
      'the one-click unsubscribe is answered',
      () => oneClick(`${context.harness.url}/unsubscribe/${token}`),
      {
        withinMs: 90_000,
        everyMs: 100,
      },
    );
    context.leftAt.set(person.email, Date.now());
  }
}

async function oneClick(url: string): Promise<boolean> {
  const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
  return (await fetch(url, { method: 'POST', body })).status === 200;
}

/** Suppresses readers as the processing of complaints does. */
export async function suppressReaders(context: TrialContext, n: number): Promise<void> {
  for (const person of await pickReaders(context, n)) {
    const ask = {
      identity: person.identity,
      newsletterId: null,
      reason: 'complaint',
      source: 'fbl',
      until: null,
    } as const;
    await retry(() => context.db.transaction().execute((trx) => suppress(trx, keys, ask)));
    const optOut = { subscriberId: person.subscriber, newsletterId: null };
    await retry(() => waitWhileInFlight(context.db, systemClock, optOut, 'complaint'));
    context.leftAt.set(person.email, Date.now());
  }
}

/** Some of those who still wait. */
async function pickReaders({ db, plan, issueId }: TrialContext, n: number): Promise<Person[]> {
  const { rows } = await retry(() =>
    sql<Person>`
      SELECT d.email, p.identity, p.id AS subscriber, d.newsletter_id AS newsletter,
        p.link_key AS "linkKey", d.id AS delivery
      FROM deliveries d JOIN subscribers p ON p.id = d.subscriber_id
      WHERE d.issue_id = ${issueId} AND d.state IN ('planned', 'deferred', 'handing') ORDER BY d.id`.execute(
      db,
    ),
  );
  const chosen = Array.from(
    { length: OPT_OUTS },
    (_, each) => rows[Math.floor(seededRandom(plan.seed, 'leaver', n, each) * rows.length)],
  );
  return chosen.filter((person) => person !== undefined);
}
