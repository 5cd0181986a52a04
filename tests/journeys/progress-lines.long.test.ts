/** What people read while a send does not go on, and who works at all. */
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { until } from '../helpers/until.ts';
import { openHarness } from './harness.ts';

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

test('worker list and worker health: an operator can ask whether any worker lives, and which', async () => {
  const harness = await openHarness('database');
  await harness.run('migrate');
  expect(await harness.run('worker', 'list')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('no worker is alive; start one: postrider worker'),
  });
  expect(await harness.run('worker', 'health', '--json')).toMatchObject({
    code: 1,
    stdout: '{"ok":false,"workers":0}\n',
  });
  const worker = await harness.up('worker');
  const [one] = await harness.json<Record<string, unknown>[]>('worker', 'list');
  expect(one).toMatchObject({ host: hostname(), draining: false, serves: [], relays: ['127.0.0.1'] });
  expect(one?.pid).toEqual(expect.any(Number));
  expect(await harness.run('worker', 'health', '--here')).toMatchObject({
    code: 0,
    stdout: '1 worker is alive on this host\n',
  });
  expect((await harness.run('worker', 'list')).stdout).toMatch(/^host +pid +since +state +relays +serves\n/);
  await worker.stop();
  expect((await harness.run('worker', 'health')).code).toBe(1);
});

test('issue send --wait ends with who waits, until when and why; --wait=sent stays until the issue is sent', async () => {
  const harness = await openHarness('database', {
    env: { POSTRIDER_TIMES: 'heartbeat=250ms lease=5s sweep=300ms retry=4s' },
  });
  await harness.newsletter(8);
  await harness.up('worker');
  let puts = true;
  harness.sink.behave = ({ stage: at, nth }) =>
    at === 'rcpt' && puts && nth % 2 === 0 ? { reply: '450 4.2.0 come again' } : undefined;
  const first = await harness.run('issue', 'send', await harness.draft('one'), '--wait');
  expect(first.code).toBe(0);
  expect(lastLine(first.stdout)).toMatch(
    /^weekly\/one: not sent yet: \d of 8 wait, the last of them until 20\S+Z: \d (person|people) were deferred by the server that receives their mail\. It continues by itself; --wait=sent waits until it is sent$/,
  );
  const json = await harness.run('issue', 'send', await harness.draft('two'), '--wait', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    state: 'sending',
    retryUntil: expect.any(String),
    putOff: [{ reason: 'temporary', count: expect.any(Number) }],
  });
  expect(lastLine(json.stderr)).toContain('weekly/two: not sent yet');
  setTimeout(() => {
    puts = false;
  }, 500);
  const third = await harness.run('issue', 'send', await harness.draft('three'), '--wait=sent');
  expect(third).toMatchObject({ code: 0, stdout: expect.stringMatching(/state +sent\n/) });
});

test('a relay that is down, and no worker at all, are said in words by status, send and --wait', async () => {
  const harness = await openHarness('database');
  await harness.newsletter(3);
  const issue = await harness.draft('one');
  const sent = await harness.run('issue', 'send', issue);
  expect(sent.stdout).toMatch(/held up +no worker is alive, so nothing is sent; start one: postrider worker/);
  await harness.sink.close();
  await harness.up('worker');
  const reason = await until('the status says so', async () => {
    const { stdout } = await harness.run('issue', 'status', issue);
    return /held up +(relay 127\.0\.0\.1 is down since .*)/.exec(stdout)?.[1];
  });
  expect(reason).toMatch(/cannot be reached: .*ECONNREFUSED/);
  await harness.sink.listen();
  await harness.untilState(issue, 'sent');
  expect((await harness.run('issue', 'status', issue)).stdout).not.toContain('held up');
});
