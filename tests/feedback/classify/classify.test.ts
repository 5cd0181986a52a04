import { expect, test } from 'vitest';
import { narrowRules, wideRules } from '../../../src/feedback/classify/all-rules.ts';
import { classify } from '../../../src/feedback/classify/classify.ts';
import { saidByServers } from './said-by-servers.ts';

const said = (diagnostic: string, status = '5.0.0', action = 'failed') =>
  classify({ action, status, diagnostic, cause: '', text: '' });

const replies = Object.entries(saidByServers).flatMap(([expected, lines]) =>
  lines.map((line) => ({ expected, line })),
);

test.each(replies)('$expected: $line', ({ expected, line }) => {
  expect(said(line).class).toBe(expected);
});

test('a delay, a relay and a delivery are no failures, whatever the words say', () => {
  const words = '450 4.1.1 user unknown';
  expect(said(words, '4.1.1', 'delayed')).toMatchObject({ class: 'other', reason: 'delayed' });
  expect(said(words, '2.0.0', 'relayed')).toMatchObject({ class: 'other', reason: 'relayed' });
  expect(said(words, '2.0.0', 'delivered')).toMatchObject({ class: 'other', reason: 'delivered' });
});

test('the words decide before the code that the report carries', () => {
  expect(said('552 mailbox is full', '5.1.1')).toMatchObject({ class: 'soft', reason: 'mailbox-full' });
  expect(said('550 5.1.1 blocked using zen.spamhaus.org')).toMatchObject({ class: 'block' });
});

test('without words the code decides, and a 4.x.x never makes an address bad', () => {
  expect(said('', '5.1.1')).toMatchObject({ class: 'hard', reason: 'user-unknown', status: '5.1.1' });
  expect(said('', '4.1.1').class).toBe('soft');
  expect(said('', '5.7.1').class).toBe('block');
});

test('a vague code gives way to the server’s own', () => {
  expect(said('550 5.2.2 over the limit', '5.0.0').status).toBe('5.2.2');
  expect(said('host said: something', '5.0.0')).toMatchObject({ reason: 'undefined', status: '5.0.0' });
});

test('words inside an address mean nothing', () => {
  expect(said('550 <user-unknown@spam.example>: try again').class).not.toBe('hard');
  expect(said('552 5.2.2 <no-such-user@example.net> quota exceeded').class).toBe('soft');
});

test('every rule reads the longest line in a few milliseconds, whatever stands in it', () => {
  const words =
    'mailbox user address sender message domain recipient account quota is not has been of the in no unknown'.split(
      ' ',
    );
  const lines = [
    ...words.map((word) => `${word} `.repeat(1_000)),
    words.join(' ').repeat(40),
    'x'.repeat(4_000),
    ' '.repeat(4_000),
  ];
  const slow = [...narrowRules, ...wideRules].filter(({ pattern }) => {
    pattern.test('warm');
    return lines.some((line) => quickest(() => pattern.test(line.slice(0, 2_000))) > 15);
  });
  expect(slow.map(({ pattern }) => pattern.source)).toEqual([]);
});

function quickest(act: () => void): number {
  const times = [0, 1, 2].map(() => {
    const start = performance.now();
    act();
    return performance.now() - start;
  });
  return Math.min(...times);
}
