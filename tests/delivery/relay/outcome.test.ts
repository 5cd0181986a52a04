import { expect, test } from 'vitest';
import { outcomeOf } from '../../../src/delivery/relay/outcome.ts';
import { classifyReply } from '../../../src/delivery/replies/classify.ts';
import type { HandOver } from '../../../src/ports.ts';

/** As the words alone say. */
const settled = (end: HandOver, service = false) =>
  outcomeOf(end, {
    service,
    retryMs: 7_000,
    verdict: end.kind === 'answered' ? classifyReply(end.reply, end.stage, end.history) : null,
  });

const answered = (
  stage: 'mail' | 'rcpt' | 'dot',
  code: number,
  enhanced: string,
  text: string,
): HandOver => ({
  kind: 'answered',
  stage,
  reply: { code, enhanced, text: `${enhanced} ${text}` },
});

test.each<[string, HandOver, object]>([
  [
    '2xx to the dot is accepted, with the reply',
    { kind: 'accepted', reply: { code: 250, enhanced: null, text: 'queued as 1' } },
    { state: 'accepted', reply: '250 queued as 1', counted: 1, dueInMs: null },
  ],
  [
    'no reply to the dot is unknown, and not visited again',
    { kind: 'unknown', why: 'closed' },
    { state: 'unknown', reason: 'no-reply', dueInMs: null },
  ],
  [
    'a dot that we did not write goes back at once, and is no attempt',
    { kind: 'unwritten', cutByUs: true, why: 'no mark' },
    { state: 'planned', counted: 0, dueInMs: 0 },
  ],
  [
    'a connection that died before the dot waits by the schedule',
    { kind: 'unwritten', cutByUs: false, why: 'reset' },
    { state: 'deferred', reason: 'connection-lost', counted: 1, dueInMs: 7_000 },
  ],
  [
    '4xx waits by the schedule',
    answered('dot', 451, '4.3.0', 'later'),
    { state: 'deferred', reason: 'temporary', counted: 1, dueInMs: 7_000 },
  ],
  [
    'a throttle is no attempt',
    answered('rcpt', 421, '4.7.28', 'unusual rate of mail'),
    { state: 'deferred', reason: 'throttled', counted: 0 },
  ],
  [
    'a limit of the relay is no attempt',
    answered('rcpt', 450, '4.7.1', 'Error: too many recipients from 192.0.2.1'),
    { state: 'deferred', reason: 'relay-busy', counted: 0, dueInMs: 7_000 },
  ],
  [
    "a quota of the relay's refuses nobody, though it says 550",
    answered('dot', 550, '5.4.5', 'Daily user sending quota exceeded'),
    { state: 'deferred', reason: 'relay-quota', counted: 0, dueInMs: 7_000 },
  ],
  [
    '5xx for the address is refused as such',
    answered('rcpt', 550, '5.1.1', 'user unknown'),
    { state: 'refused', reason: 'address', dueInMs: null },
  ],
  [
    'a refused sender refuses nobody',
    answered('mail', 553, '5.7.1', 'not owned'),
    { state: 'planned', counted: 0, dueInMs: 0 },
  ],
])('%s', (_, end, outcome) => {
  expect(settled(end)).toMatchObject(outcome);
});

test('a refused sender lets a service mail wait, since it has no issue that could be paused', () => {
  const end = answered('mail', 553, '5.7.1', 'not owned');
  expect(settled(end, true)).toMatchObject({
    state: 'deferred',
    reason: 'relay-refuses-sender',
  });
});
