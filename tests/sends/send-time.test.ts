import { expect, test } from 'vitest';
import { Usage } from '../../src/errors.ts';
import { readDuration, readExpiry, readSendTime, sayTime } from '../../src/sends/send-time.ts';

const berlin = 'Europe/Berlin';
const at = (text: string, timezone = berlin) => readSendTime(text, timezone).at.toISOString();

test.each([
  ['2026-11-24T08:00', berlin, '2026-11-24T07:00:00.000Z'],
  ['2026-07-24 8:00', berlin, '2026-07-24T06:00:00.000Z'],
  ['2026-11-24T08:00:30', 'Asia/Shanghai', '2026-11-24T00:00:30.000Z'],
  ['2026-11-24T08:00+05:30', berlin, '2026-11-24T02:30:00.000Z'],
  ['2026-11-24T08:00Z', 'Asia/Shanghai', '2026-11-24T08:00:00.000Z'],
  ['2026-11-24T08:00-0800', berlin, '2026-11-24T16:00:00.000Z'],
])('%s in %s is %s', (text, timezone, expected) => {
  expect(at(text, timezone)).toBe(expected);
  expect(readSendTime(text, timezone).note).toBeNull();
});

test('an hour that clocks skip is taken an hour later, and said', () => {
  const skipped = readSendTime('2026-03-29T02:30', berlin);
  expect(skipped.at.toISOString()).toBe('2026-03-29T01:30:00.000Z');
  expect(skipped.note).toBe(
    '2026-03-29 02:30 does not exist in Europe/Berlin, since clocks go forward that night; 2026-03-29 03:30 is taken',
  );
});

test('an hour that comes twice means the first, and the second can be asked for as it is said', () => {
  const twice = readSendTime('2026-10-25T02:30', berlin);
  expect(twice.at.toISOString()).toBe('2026-10-25T00:30:00.000Z');
  const second = /would be (.*)$/.exec(twice.note ?? '')?.[1] ?? '';
  expect(at(second)).toBe('2026-10-25T01:30:00.000Z');
});

test.each([
  'tomorrow',
  '2026-11-24',
  '08:00',
  '2026-02-30T08:00',
  '2026-11-24T25:00',
  '2026-11-24T08:00+99:00',
  '',
])('"%s" is no moment', (text) => {
  expect(() => readSendTime(text, berlin)).toThrow(Usage);
});

test('a moment is said in both clocks', () => {
  expect(sayTime(new Date('2026-11-24T07:00:00Z'), berlin)).toBe(
    '2026-11-24 08:00 Europe/Berlin (2026-11-24T07:00:00Z)',
  );
});

test.each([
  ['90s', 90],
  ['10m', 600],
  ['24h', 86_400],
  ['2 D', 172_800],
])('%s is %i seconds', (text, seconds) => {
  expect(readDuration(text, '--delay')).toBe(seconds);
});

test.each(['10', 'm', '0m', '-5m', '1.5h', '10 minutes'])('"%s" is no duration', (text) => {
  expect(() => readDuration(text, '--delay')).toThrow(/--delay: expected a number followed by s, m, h or d/);
});

test('an issue expires a while after its start, or at a moment that is not over by then', () => {
  const start = new Date('2026-11-24T07:00:00Z');
  const expiry = (text: string) => readExpiry(text, start, berlin).at.toISOString();
  expect(expiry('24h')).toBe('2026-11-25T07:00:00.000Z');
  expect(expiry('2026-11-24T09:00')).toBe('2026-11-24T08:00:00.000Z');
  expect(() => expiry('2026-11-24T08:00')).toThrow(/is over before the send begins/);
  expect(() => expiry('soon')).toThrow(Usage);
});
