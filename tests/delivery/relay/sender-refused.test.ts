/** Refusals of us: they stop the send, unless they turn out to be about one recipient. */
import { expect, test } from 'vitest';
import { issueStatus } from '../../../src/stats/status.ts';
import { until } from '../../helpers/until.ts';
import { openLaneHarness } from '../harness.ts';

test.each([
  ['454 4.7.1 <x@y>: Relay access denied', 'rcpt'],
  ['554 5.2.2 mailbox full', 'dot'],
] as const)('%s, said to all: the send pauses with the reason, and nobody is refused', async (reply, at) => {
  const harness = await openLaneHarness({ relay: { pool: 2 } });
  harness.sink.behave = ({ stage: now }) => (now === at ? { reply } : undefined);
  const issue = await harness.send('one', { 'example.net': 40 });
  const status = await until('it is paused', async () => {
    const found = await issueStatus(harness.db, issue);
    return found.state === 'paused' ? found : null;
  });
  expect(status.reason).toContain(`relay-refuses-sender: ${reply}`);
  expect(status.counts).toMatchObject({ refused: 0, waiting: 40 });
});

test('one recipient that is not relayed for stops nobody, and is refused when it is tried again', async () => {
  const harness = await openLaneHarness({ relay: { pool: 1 } });
  harness.sink.behave = ({ stage: now, to }) =>
    now === 'rcpt' && to?.endsWith('@strange.example')
      ? { reply: `550 5.7.1 <${to}>: Relaying denied` }
      : undefined;
  const issue = await harness.send('one', { 'strange.example': 2, 'example.net': 60 });
  await harness.untilSent(issue);
  expect(await harness.states(issue)).toEqual({ 'other accepted': 60, 'other refused: policy': 2 });
});
