import { expect, test } from 'vitest';
import { flawless, judge, openHarness, type Status } from './harness.ts';

interface CanaryStatus extends Status {
  planned: boolean;
  canary: { size: number; settled: boolean; asks: boolean } | null;
  onlyReachedBy: string | null;
}

test('a canary that asks and is cancelled, a correction for those it reached, and a canary that goes on by itself', async () => {
  const harness = await openHarness('database', { relay: 'pool=3' });
  await Promise.all([harness.up('worker'), harness.newsletter(40)]);
  const issue = await harness.draft('one');
  const paused = await harness.run(
    'issue',
    'send',
    issue,
    '--canary',
    '10',
    '--canary-approve',
    '--wait',
    '--json',
  );
  expect(paused, paused.stderr).toMatchObject({ code: 1 });
  expect(JSON.parse(paused.stdout) as CanaryStatus).toMatchObject({
    state: 'paused',
    reason: expect.stringMatching(/^canary: all of the first 10 have been tried/),
    planned: false,
    counts: { audience: 10, accepted: 10, waiting: 0 },
    canary: { size: 10, settled: true, asks: true },
  });
  expect(harness.sink.accepted).toHaveLength(10);

  await harness.json('issue', 'cancel', issue);
  const correction = await harness.draft('two');
  const early = await harness.run('issue', 'send', correction, '--only-reached-by', correction);
  expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('it is draft; whom it reaches') });
  const corrected = await harness.json<CanaryStatus>(
    'issue',
    'send',
    correction,
    '--only-reached-by',
    issue,
    '--wait',
  );
  expect(corrected).toMatchObject({
    state: 'sent',
    onlyReachedBy: issue,
    counts: { audience: 10, accepted: 10 },
  });
  const received = harness.sink.counts();
  expect([received.size, ...new Set(received.values())]).toEqual([10, 2]);

  const third = await harness.draft('three');
  const sent = await harness.json<CanaryStatus>(
    'issue',
    'send',
    third,
    '--canary',
    '25%',
    '--canary-wait',
    '1s',
    '--wait',
  );
  expect(sent).toMatchObject({
    state: 'sent',
    planned: true,
    canary: null,
    counts: { audience: 40, accepted: 40 },
  });
  const before = new Map([...received].map(([to]) => [to, 2]));
  const ofThird = new Map([...harness.sink.counts()].map(([to, n]) => [to, n - (before.get(to) ?? 0)]));
  expect(judge(await harness.ledger(third), ofThird)).toEqual(flawless);
});
