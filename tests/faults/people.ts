/** Readers who go while the issue is being sent: by one click, or suppressed. */
import { sql } from 'kysely';
import { Keys } from '../../src/consent/keys.ts';
import { suppress } from '../../src/consent/suppress.ts';
import { unsubscribeToken } from '../../src/consent/tokens.ts';
import { systemClock } from '../../src/io/clock.ts';
import { waitUntilOffTheWire } from '../../src/ledger/unsubscribe-guard.ts';
import { until } from '../helpers/until.ts';
import { draw } from './draw.ts';
import { insist } from './insist.ts';
import { type Scene, SECRET } from './scene.ts';

const keys = new Keys([SECRET]);
const LEAVERS = 10;
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
 * By the link of this mail where they have it, else of an earlier one: whoever uses a mail's link has that mail, and the
 * ledger believes it. As mail programs do; a page that does not answer is asked again, as they do too.
 */
export async function leave(scene: Scene, n: number): Promise<void> {
  for (const person of await some(scene, n)) {
    const has = scene.stage.sink.accepted.some((mail) => mail.to === person.email);
    const mail = has ? { issue: scene.issueId, delivery: person.delivery } : EARLIER_MAIL;
    const token = unsubscribeToken(keys, { ...person, ...mail });
    await until(
      'the one-click unsubscribe is answered',
      () => oneClick(`${scene.stage.url}/unsubscribe/${token}`),
      {
        withinMs: 90_000,
        everyMs: 100,
      },
    );
    scene.leftAt.set(person.email, Date.now());
  }
}

async function oneClick(url: string): Promise<boolean> {
  const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
  return (await fetch(url, { method: 'POST', body })).status === 200;
}

/** As the intake of complaints does it. */
export async function suppressSome(scene: Scene, n: number): Promise<void> {
  for (const person of await some(scene, n)) {
    const ask = {
      identity: person.identity,
      newsletterId: null,
      reason: 'complaint',
      source: 'fbl',
      until: null,
    } as const;
    await insist(() => scene.db.transaction().execute((trx) => suppress(trx, keys, ask)));
    const leaver = { subscriberId: person.subscriber, newsletterId: null };
    await insist(() => waitUntilOffTheWire(scene.db, systemClock, leaver, 'complaint'));
    scene.leftAt.set(person.email, Date.now());
  }
}

/** Some of all readers, most of whom still wait. */
async function some({ db, plan, issueId }: Scene, n: number): Promise<Person[]> {
  const { rows } = await insist(() =>
    sql<Person>`
      SELECT d.email, p.identity, p.id AS subscriber, d.newsletter_id AS newsletter,
        p.link_key AS "linkKey", d.id AS delivery
      FROM deliveries d JOIN subscribers p ON p.id = d.subscriber_id
      WHERE d.issue_id = ${issueId} AND d.state IN ('planned', 'deferred', 'handing') ORDER BY d.id`.execute(
      db,
    ),
  );
  const chosen = Array.from(
    { length: LEAVERS },
    (_, each) => rows[Math.floor(draw(plan.seed, 'leaver', n, each) * rows.length)],
  );
  return chosen.filter((person) => person !== undefined);
}
