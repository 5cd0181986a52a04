import { expect, test } from 'vitest';
import { freePort } from '../helpers/redis-server.ts';
import { flawless, judge, openHarness } from './harness.ts';

const slowDot = (ms: number) => (step: { stage: string }) =>
  step.stage === 'dot' ? { lateMs: ms } : undefined;

test('kill -9 of one of two workers in the middle: nobody twice, nobody lost, unknown at most its connections', async () => {
  const pool = 4;
  const harness = await openHarness('database', { relay: `pool=${pool}` });
  const victim = await harness.up('worker');
  await harness.up('worker');
  await harness.newsletter(500);
  harness.sink.behave = slowDot(20);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  await harness.untilReceived(100);
  await victim.stop('SIGKILL');
  const status = await harness.untilState(issue, 'sent');
  const verdict = judge(await harness.ledger(issue), harness.sink.counts());
  expect(verdict).toEqual({ ...flawless, unknown: status.counts.unknown });
  expect(verdict.unknown).toBeLessThanOrEqual(pool);
  expect(status.counts).toMatchObject({ audience: 500, accepted: 500 - verdict.unknown, waiting: 0 });
});

test('commands say which part cannot be reached, and exit with 1', async () => {
  const harness = await openHarness('database');
  const port = await freePort();
  harness.env.DATABASE_URL = `postgres://postgres@127.0.0.1:${port}/none`;
  const ended = await harness.run('newsletter', 'list');
  expect(ended).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/database.*cannot be reached.*DATABASE_URL/),
  });
});

test('a relay that refuses the login pauses the send and says why; resume goes on after the fix', async () => {
  const harness = await openHarness('database', { sink: { login: { user: 'postrider', pass: 'right' } } });
  const right = harness.env.SMTP_URL!;
  const first = await harness.up('worker', { SMTP_URL: right.replace('right', 'wrong') });
  await harness.newsletter(10);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  const paused = await harness.untilState(issue, 'paused');
  expect(paused.reason).toMatch(/relay-refuses-login: relay .* refuses the login/);
  expect(paused.reason).not.toContain('wrong');
  expect(paused.counts).toMatchObject({ audience: 10, waiting: 10 });
  await first.stop();
  await harness.up('worker');
  await harness.json('issue', 'resume', issue);
  await harness.untilState(issue, 'sent');
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
});
