import { expect, test } from 'vitest';
import { quietAt, quietText, readQuiet } from '../../../src/audience/fields/quiet-hours.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const night = readQuiet('22:00-07:00');

test.each(['22:00-07:00', '00:00-06:30', '12:05-13:00'])('%s is read and said back', (text) => {
  expect(quietText(readQuiet(text))).toBe(text);
});

test.each(['22:00', '22-7', '24:00-07:00', '22:00-22:00', '22:00-07:00-08:00', ''])(
  '"%s" is refused',
  (text) => {
    expect(() => readQuiet(text)).toThrow(/expected two different local times such as 22:00-07:00/);
  },
);

test.each([
  ['before midnight', '2026-11-24T23:00:00Z', 8 * HOUR],
  ['after midnight', '2026-11-25T06:59:00Z', MINUTE],
  ['in the first minute', '2026-11-24T22:00:00Z', 9 * HOUR],
])('%s it is quiet until the morning', (_, now, overInMs) => {
  expect(quietAt(night, 'UTC', new Date(now))).toEqual({ overInMs, beginsInMs: 0 });
});

test('in the minute of the end it is over, and begins again in the evening', () => {
  expect(quietAt(night, 'UTC', new Date('2026-11-25T07:00:00Z'))).toEqual({
    overInMs: 0,
    beginsInMs: 15 * HOUR,
  });
});

test('hours of one day do not reach into the next', () => {
  const noon = readQuiet('12:00-13:00');
  expect(quietAt(noon, 'UTC', new Date('2026-11-25T12:30:00Z')).overInMs).toBe(30 * MINUTE);
  expect(quietAt(noon, 'UTC', new Date('2026-11-25T23:00:00Z'))).toEqual({
    overInMs: 0,
    beginsInMs: 13 * HOUR,
  });
});

test('the clock of the time zone counts', () => {
  const now = new Date('2026-11-24T15:00:00Z');
  expect(quietAt(night, 'Asia/Shanghai', now).overInMs).toBe(8 * HOUR);
  expect(quietAt(night, 'Europe/Berlin', now)).toEqual({ overInMs: 0, beginsInMs: 6 * HOUR });
});

test('a night in which clocks go forward is an hour shorter, one in which they go back an hour longer', () => {
  expect(quietAt(night, 'Europe/Berlin', new Date('2026-03-28T21:00:00Z')).overInMs).toBe(8 * HOUR);
  expect(quietAt(night, 'Europe/Berlin', new Date('2026-10-24T20:00:00Z')).overInMs).toBe(10 * HOUR);
});

test('an end that the clock skips is over at the first moment behind it; one that comes twice, never a day later', () => {
  const early = readQuiet('23:00-02:30');
  // 02:00 to 03:00 does not exist: 01:30 UTC is 03:30 there.
  expect(quietAt(early, 'Europe/Berlin', new Date('2026-03-29T00:50:00Z')).overInMs).toBe(40 * MINUTE);
  // 02:15 for the second time; the end came once already.
  expect(quietAt(early, 'Europe/Berlin', new Date('2026-10-25T01:15:00Z')).overInMs).toBe(15 * MINUTE);
});
