/**
 * Whole sends through servers that bear no errors, few messages or few connections, as the defaults of real ones do:
 * 300 readers of whom 120 are gone. Everybody gets an answer with the first try, nothing is held back, nobody twice.
 */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { testCertificate } from '../../helpers/certificate.ts';
import {
  nonMail,
  perAddress,
  perConnection,
  type RelayBehaviour,
  secondEhlo,
  softErrors,
  tarPit,
  thirdError,
} from '../../helpers/relay-behaviours.ts';
import { openLaneHarness } from '../harness.ts';

const servers: readonly [string, () => RelayBehaviour][] = [
  ['OpenSMTPD, which takes no second EHLO', secondEhlo],
  ['Courier, which closes the sixth connection of one address', perAddress],
  [
    'OpenSMTPD, 100 messages a connection',
    () => perConnection(100, '452 4.5.3 Too many recipients: Too many messages sent'),
  ],
  ['Exim, 20 messages a connection', () => perConnection(20, '421 too many messages in this connection')],
  ['Exim, which says 554 in the clear to the eleventh RSET', nonMail],
  ['Postfix, slow from the tenth error', softErrors],
  ['chasquid, which closes at the third error', thirdError],
  ['Courier, twice as slow with each error', () => tarPit(50)],
];

const ways = [
  { pool: 1, tls: true },
  { pool: 10, tls: true },
  { pool: 5, tls: false },
];

describe.each(servers)('%s', (_name, server) => {
  test.each(ways)('120 of 300 are gone, pool $pool, TLS $tls', async ({ pool, tls }) => {
    const behaviour = server();
    const harness = await openLaneHarness({
      relay: { pool },
      // Two of five refused would pause it.
      prepare: (db) => sql`ALTER TABLE newsletters ALTER auto_pause_refused SET DEFAULT 0`.execute(db),
      slowRefusalMs: 100,
      sink: {
        ...(behaviour.extensions && { extensions: behaviour.extensions }),
        ...(tls && { tls: testCertificate() }),
      },
    });
    harness.sink.behave = (step) => behaviour.behave(step, harness.sink);
    const issue = await harness.send('manners', { 'example.com': 200, 'gmail.com': 100 });
    await harness.untilSent(issue, 60_000);
    expect(await harness.states(issue)).toEqual({
      'google accepted': 60,
      'google refused: address': 40,
      'other accepted': 120,
      'other refused: address': 80,
    });
    expect(harness.sink.doubles()).toEqual([]);
    const { rows } = await sql<{ tries: number; held: number; down: number }>`
      SELECT (SELECT max(attempts) FROM deliveries WHERE issue_id = ${issue}) AS tries,
        (SELECT count(*)::int FROM lane_states) AS held,
        (SELECT count(*)::int FROM relay_workers WHERE down_since IS NOT NULL) AS down`.execute(harness.db);
    expect(rows).toEqual([{ tries: 1, held: 0, down: 0 }]);
  });
});
