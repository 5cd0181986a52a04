import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '../../src/db/connection.ts';
import { run, start } from '../helpers/processes.ts';
import { until } from '../helpers/until.ts';
import { flawless, type Harness, judge, openHarness, type Status } from './harness.ts';

const slowly = (lateMs: number) => (harness: Harness) => {
  harness.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs } : undefined);
};

const setBack = (db: Db | null, column: 'served_at' | 'scheduled_at', hours: number) =>
  sql`UPDATE sends SET ${sql.ref(column)} = ${sql.ref(column)} - ${hours}::int * interval '1 hour'`.execute(
    db!,
  );

test('a delayed send starts by itself, once, with two workers looking; its edition is that of the pressing', async () => {
  const harness = await openHarness('database', { sink: { keepSource: true } });
  await harness.newsletter(40, '--timezone', 'Asia/Shanghai');
  const issue = await harness.draft('one');
  const sent = await harness.run('issue', 'send', issue, '--delay', '2s');
  expect(sent).toMatchObject({ code: 0 });
  expect(sent.stdout).toMatch(/state +scheduled\n/);
  expect(sent.stderr).toMatch(
    /scheduled for 20[\d-]+ [\d:]+ Asia\/Shanghai \(20.*Z\); postrider issue cancel weekly\/one/,
  );
  expect(sent.stderr).toContain('no worker is alive');
  const refused = await harness.run(
    'issue',
    'import',
    await harness.file('one.md', '---\ntitle: Other\n---\n\nNew.\n'),
    '--newsletter',
    'weekly',
    '--replace',
  );
  expect(refused.code).toBe(1);
  await Promise.all([harness.up('worker'), harness.up('worker')]);
  await harness.untilState(issue, 'sent');
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
  expect(harness.sink.accepted).toHaveLength(40);
  expect(String(harness.sink.accepted[0]!.source)).toContain('Subject: Issue one');
});

test('a scheduled send is taken back by cancel, and the draft can be sent at once', async () => {
  const harness = await openHarness('database');
  await harness.newsletter(8, '--timezone', 'Europe/Berlin');
  const issue = await harness.draft('one');
  const past = await harness.run('issue', 'send', issue, '--at', '2020-01-01T08:00');
  expect(past).toMatchObject({ code: 1, stderr: expect.stringContaining('is in the past') });
  const odd = await harness.run('issue', 'send', issue, '--at', '2030-10-27T02:30');
  expect(odd.code).toBe(0);
  expect(odd.stderr).toContain('2030-10-27 02:30 comes twice in Europe/Berlin');
  expect(odd.stderr).toContain('2030-10-27 02:30 Europe/Berlin (2030-10-27T00:30:00Z)');
  const scheduled = await harness.json<{ scheduledAt: string }>('issue', 'status', issue);
  expect(scheduled).toMatchObject({ state: 'scheduled', scheduledAt: '2030-10-27T00:30:00.000Z' });
  expect(await harness.json('issue', 'cancel', issue)).toMatchObject({
    state: 'draft',
    reason: null,
    scheduledAt: null,
  });
  await harness.up('worker');
  expect(await harness.json('issue', 'send', issue, '--wait')).toMatchObject({
    state: 'sent',
    counts: { accepted: 8 },
  });
});

test('--wait on a delayed send waits for its start too; wrong options are usage', async () => {
  const harness = await openHarness('database');
  await harness.up('worker');
  await harness.newsletter(4);
  const issue = await harness.draft('one');
  for (const wrong of [
    ['--at', '2030-01-01T08:00', '--delay', '1m'],
    ['--dry-run', '--wait'],
  ])
    expect(await harness.run('issue', 'send', issue, ...wrong)).toMatchObject({ code: 2 });
  expect(await harness.json('issue', 'send', issue, '--delay', '1s', '--wait')).toMatchObject({
    state: 'sent',
    counts: { accepted: 4 },
  });
});

test('a schedule missed by more than an hour asks first, and resume starts it', async () => {
  const harness = await openHarness('database');
  await harness.newsletter(6);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue, '--delay', '10m');
  await setBack(harness.db, 'scheduled_at', 2);
  await harness.up('worker');
  const paused = await harness.untilState(issue, 'paused');
  expect(paused.reason).toMatch(/^missed-schedule: /);
  expect(paused.counts.audience).toBe(0);
  await harness.json('issue', 'resume', issue);
  await harness.untilState(issue, 'sent');
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
});

test('a restored dump asks first: a send that nobody served for over an hour sends nothing until it is resumed', async () => {
  const harness = await openHarness('database', { relay: 'pool=4' });
  slowly(20)(harness);
  const first = await harness.up('worker');
  await harness.newsletter(200);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  await harness.untilReceived(20);
  await first.stop('SIGTERM');
  const before = harness.sink.accepted.length;
  expect(before).toBeLessThan(200);
  await setBack(harness.db, 'served_at', 2);
  await harness.up('worker');
  const paused = await harness.untilState(issue, 'paused');
  expect(paused.reason).toMatch(/^not-served: .*restored/);
  const waited = await harness.run('issue', 'status', issue, '--recount');
  expect(waited.stdout).toMatch(/not-served/);
  expect([waited.code, waited.stdout]).toEqual([0, expect.stringMatching(/^recount +agrees$/m)]);
  expect(harness.sink.accepted.length).toBe(before);
  await harness.json('issue', 'resume', issue);
  await harness.untilState(issue, 'sent');
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
});

test('a dry run composes every message and sends none; one that would be refused ends it with 1', async () => {
  const harness = await openHarness('database', { relay: 'pool=5&rate=5' });
  await harness.up('worker');
  await harness.newsletter(50);
  const issue = await harness.draft('one');
  const good = await harness.json('issue', 'send', issue, '--dry-run');
  expect(good).toMatchObject({
    audience: 50,
    unsendable: { count: 0 },
    rate: 5,
    rateFrom: 'limit',
    seconds: 10,
  });
  expect(good.lanes).toMatchObject({ google: 13, tencent: 13 });
  await sql`UPDATE subscribers SET email = 'a@example.com, b@example.com' WHERE id = (SELECT min(id) FROM subscribers)`.execute(
    harness.db!,
  );
  const bad = await harness.run('issue', 'send', issue, '--dry-run');
  expect(bad.code).toBe(1);
  expect(bad.stdout).toMatch(/unsendable +1 would be refused\n +a@example.com, b@example.com: /);
  expect(await harness.status(issue)).toMatchObject({ state: 'draft', counts: { audience: 0 } });
  expect(harness.sink.connections).toBe(0);
});

test('after a fix the refused get a second try under the same Message-ID, and late-comers get the issue too', async () => {
  const harness = await openHarness('database');
  await harness.up('worker');
  await harness.newsletter(20);
  harness.sink.behave = ({ stage: at, to }) => {
    if (at === 'rcpt' && to?.startsWith('reader1@')) return { reply: '550 5.1.1 User unknown' };
    return at === 'dot' && to?.endsWith('@qq.com') ? { reply: '554 5.7.1 blocked' } : undefined;
  };
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue, '--catch-up', '24h');
  const sent = await harness.untilState(issue, 'sent');
  expect(sent.counts).toMatchObject({ audience: 20, accepted: 15, refused: 5 });
  const before = await harness.ledger(issue);
  harness.sink.behave = () => undefined;
  const retried = await harness.run('issue', 'retry', issue, '--reason', 'policy');
  expect(retried.stderr).toContain('4 refused deliveries will be tried again');
  await harness.untilReceived(19);
  await harness.untilState(issue, 'sent');
  const ids = (lines: typeof before) => lines.map(({ email, messageId }) => [email, messageId]);
  const after = await harness.ledger(issue);
  expect(ids(after)).toEqual(ids(before));
  const late = await harness.file('late.csv', 'email\nlate@example.com\nreader2@example.com\n');
  await harness.json(
    'subscriber',
    'import',
    late,
    '--newsletter',
    'weekly',
    '--confirmed',
    '--source',
    'a test',
  );
  await harness.untilReceived(20);
  await until('sent again', async () => {
    const { state, counts } = await harness.status(issue);
    return state === 'sent' && counts.audience === 21;
  });
  expect(harness.sink.counts().get('late@example.com')).toBe(1);
  const received = new Map(harness.sink.accepted.map(({ to, messageId }) => [to, messageId]));
  for (const { email, messageId, outcome } of after)
    if (outcome === 'accepted') expect(received.get(email)).toBe(messageId);
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
});

test('Ctrl-C in --wait leaves the send running and ends with 0', async () => {
  const harness = await openHarness('database', { relay: 'pool=2' });
  slowly(10)(harness);
  await harness.up('worker');
  await harness.newsletter(200);
  const issue = await harness.draft('one');
  const waiting = start(['issue', 'send', issue, '--wait', '--json'], { env: harness.env });
  await harness.untilReceived(5);
  const ended = await waiting.stop('SIGINT');
  expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('weekly/one continues') });
  expect((JSON.parse(ended.stdout) as Status).state).toBe('sending');
  await harness.untilState(issue, 'sent');
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
});

test('embedded, no worker alive: the command works itself, drains on Ctrl-C, and the next one goes on', async () => {
  const harness = await openHarness('embedded', { relay: 'pool=2' });
  slowly(10)(harness);
  await harness.newsletter(150);
  const issue = await harness.draft('one');
  const waiting = start(['issue', 'send', issue, '--wait', '--json'], { env: harness.env });
  await harness.untilReceived(10);
  const ended = await waiting.stop('SIGINT');
  expect(ended).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('continues as soon as a worker is alive'),
  });
  const half = JSON.parse(ended.stdout) as Status;
  expect(half.counts.unknown).toBe(0);
  const second = await harness.draft('two');
  const both = await run(['issue', 'send', second, '--wait', '--json'], { env: harness.env });
  expect(both, both.stdout + both.stderr).toMatchObject({ code: 0 });
  await harness.up('start');
  await harness.untilState(issue, 'sent');
  expect(
    judge(await harness.ledger(issue), new Map([...harness.sink.counts()].map(([to, n]) => [to, n - 1]))),
  ).toEqual(flawless);
});
