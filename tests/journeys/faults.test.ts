import { expect, test } from 'vitest';
import { freePort } from '../helpers/redis-server.ts';
import { flawless, judge, openStage } from './stage.ts';

const slowDot = (ms: number) => (step: { stage: string }) =>
  step.stage === 'dot' ? { lateMs: ms } : undefined;

test('kill -9 of one of two workers in the middle: nobody twice, nobody lost, unknown at most its connections', async () => {
  const pool = 4;
  const stage = await openStage('database', { relay: `pool=${pool}` });
  const victim = await stage.up('worker');
  await stage.up('worker');
  await stage.newsletter(500);
  stage.sink.behave = slowDot(20);
  const issue = await stage.draft('one');
  await stage.json('issue', 'send', issue);
  await stage.untilReceived(100);
  await victim.stop('SIGKILL');
  const status = await stage.untilState(issue, 'sent');
  const verdict = judge(await stage.ledger(issue), stage.sink.counts());
  expect(verdict).toEqual({ ...flawless, unknown: status.counts.unknown });
  expect(verdict.unknown).toBeLessThanOrEqual(pool);
  expect(status.counts).toMatchObject({ audience: 500, accepted: 500 - verdict.unknown, waiting: 0 });
});

test('commands say which part cannot be reached, and exit with 1', async () => {
  const stage = await openStage('database');
  const port = await freePort();
  stage.env.DATABASE_URL = `postgres://postgres@127.0.0.1:${port}/none`;
  const ended = await stage.run('newsletter', 'list');
  expect(ended).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/database.*cannot be reached.*DATABASE_URL/),
  });
});

test('a relay that refuses the login pauses the send and says why; resume goes on after the fix', async () => {
  const stage = await openStage('database', { sink: { login: { user: 'postrider', pass: 'right' } } });
  const right = stage.env.SMTP_URL!;
  const first = await stage.up('worker', { SMTP_URL: right.replace('right', 'wrong') });
  await stage.newsletter(10);
  const issue = await stage.draft('one');
  await stage.json('issue', 'send', issue);
  const paused = await stage.untilState(issue, 'paused');
  expect(paused.reason).toMatch(/relay-refuses-login: relay .* refuses the login/);
  expect(paused.reason).not.toContain('wrong');
  expect(paused.counts).toMatchObject({ audience: 10, waiting: 10 });
  await first.stop();
  await stage.up('worker');
  await stage.json('issue', 'resume', issue);
  await stage.untilState(issue, 'sent');
  expect(judge(await stage.ledger(issue), stage.sink.counts())).toEqual(flawless);
});
