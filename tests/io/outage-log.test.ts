import { expect, test } from 'vitest';
import { OutageLog } from '../../src/io/outage-log.ts';
import { memoryLog } from '../http/harness.ts';

test('a part that is away for three minutes and tries several times a second is told four times, then once that it is back', () => {
  const lines: string[] = [];
  let now = 0;
  const outage = new OutageLog(memoryLog(lines), 'Redis', () => now);
  for (; now < 180_000; now += 500) outage.failed(new Error('connect ECONNREFUSED'));
  outage.failed(new Error('connect ECONNREFUSED'));
  outage.back();
  outage.back();
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    ...[0, 60, 120, 180].map((seconds) => ({
      level: 'warn',
      error: 'connect ECONNREFUSED',
      seconds,
      text: 'Redis cannot be reached',
    })),
    { level: 'info', seconds: 180, text: 'Redis is back' },
  ]);
});
