/** Whose the domains are that no list names, asked of a name server beside the plan. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MxClassifier } from '../../../src/delivery/worker/mx-classifier.ts';
import { openLog } from '../../../src/io/log.ts';
import { openMxResolver } from '../../../src/io/mx-resolver.ts';
import { readLanes } from '../../../src/ledger/lanes/lanes.ts';
import { laneOfMx } from '../../../src/ledger/lanes/provider-mx.ts';
import { classifyByMx } from '../../../src/ledger/lanes/settings.ts';
import { planPage } from '../../../src/ledger/plan.ts';
import { type DnsServer, startDnsServer } from '../../helpers/dns-server.ts';
import { insertNewsletter } from '../../helpers/rows.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { makeIssue, makeReaders } from '../../ledger/fixtures.ts';

const database = useTestDatabase();
let names: DnsServer;
beforeAll(async () => {
  names = await startDnsServer({
    'firm.example': {
      MX: [
        [20, 'backup.firm.example'],
        [10, 'aspmx.l.google.com'],
      ],
    },
    'school.example': { MX: [[0, 'school-example.mail.protection.outlook.com']] },
    'own.example': { MX: [[10, 'mx.own.example']] },
  });
});
afterAll(() => names.close());

async function planned(newsletter: number): Promise<{ issue: number; lanes: Record<string, string> }> {
  const { db } = database;
  const issue = await makeIssue(db, newsletter);
  while (!(await planPage(db, issue, await readLanes(db), 5_000)).done);
  const { rows } = await sql<{ domain: string; lane: string }>`
    SELECT split_part(key, '@', 2) AS domain, lane FROM deliveries WHERE issue_id = ${issue}`.execute(db);
  return { issue, lanes: Object.fromEntries(rows.map(({ domain, lane }) => [domain, lane])) };
}

test('domains are looked up beside the plan; what is planned keeps its lane, the next issue knows', async () => {
  const { db } = database;
  const newsletter = await insertNewsletter(db);
  for (const domain of ['firm.example', 'school.example', 'own.example', 'gone.example', 'gmail.com'])
    await makeReaders(db, newsletter, 2, domain);
  const mxResolver = openMxResolver([names.address]);
  const classifier = new MxClassifier({
    db,
    log: openLog('silent'),
    mxResolver,
    draining: new AbortController().signal,
  });
  await classifyByMx(db, true);
  const rest = { 'own.example': 'other', 'gone.example': 'other', 'gmail.com': 'google' };
  const first = await planned(newsletter);
  expect(first.lanes).toEqual({ ...rest, 'firm.example': 'other', 'school.example': 'other' });
  await classifier.classify(first.issue);
  const second = await planned(newsletter);
  expect(second.lanes).toEqual({ ...rest, 'firm.example': 'google', 'school.example': 'microsoft' });
  // Each was asked for once: an answer is kept, and so is that there is none.
  await classifier.classify(second.issue);
  expect(names.queries.sort()).toEqual(['firm.example', 'gone.example', 'own.example', 'school.example']);
  await classifyByMx(db, false);
  expect((await planned(newsletter)).lanes).toEqual(first.lanes);
});

test('an answer that is old is asked for again, and stays where there is none now', async () => {
  const { db } = database;
  await sql`UPDATE domain_mx SET looked_at = clock_timestamp() - interval '31 days'`.execute(db);
  const newsletter = await insertNewsletter(db);
  await makeReaders(db, newsletter, 1, 'firm.example');
  await classifyByMx(db, false);
  const { issue } = await planned(newsletter);
  const silent = { resolve: () => Promise.reject(new Error('no answer')) };
  await new MxClassifier({
    db,
    log: openLog('silent'),
    mxResolver: silent,
    draining: new AbortController().signal,
  }).classify(issue);
  const { rows } = await sql`
    SELECT lane, mx, looked_at > clock_timestamp() - interval '1 minute' AS "lookedUpNow" FROM domain_mx
    WHERE domain = 'firm.example'`.execute(db);
  expect(rows).toEqual([{ lane: 'google', mx: 'aspmx.l.google.com', lookedUpNow: true }]);
});

test.each([
  ['mta5.am0.yahoodns.net', 'yahoo'],
  ['mx01.mail.icloud.com.', 'apple'],
  ['mxbiz1.qq.com', 'tencent'],
  ['qiye163mx01.mxmail.netease.com', 'netease'],
  ['notgoogle.com', 'other'],
  ['google.com.evil.example', 'other'],
])('the mail exchanger %s is of %s', (mx, lane) => {
  expect(laneOfMx([mx, 'aspmx.l.google.com'])).toBe(lane);
});

test('a domain without mail exchangers is of the rest', () => {
  expect(laneOfMx([])).toBe('other');
});
