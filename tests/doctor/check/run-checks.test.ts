/** Checks side by side: what happens to one never hides what the others found. */
import { expect, test } from 'vitest';
import { type Check, NotChecked, ok } from '../../../src/doctor/check/check.ts';
import { runChecks } from '../../../src/doctor/check/run-checks.ts';
import { situationWith } from '../fixtures.ts';

const check = (name: string, run: Check['run'], more: Partial<Check> = {}): Check => ({
  name,
  limitMs: 20,
  run,
  ...more,
});
const good = check('good', async () => [ok('it', 'good', 'good')]);

test('a check that hangs, throws or has nothing to look at is a finding, and the others say theirs', async () => {
  const checks = [
    check('hangs', () => new Promise(() => {})),
    check('throws', async () => {
      throw new Error('no route');
    }),
    check('without', async () => {
      throw new NotChecked('no database');
    }),
    check('pointless', async () => [], { pointless: () => 'nothing leaves this machine' }),
    good,
  ];
  const found = await runChecks(checks, situationWith({}));
  expect(found.map(({ check: name, level, found: what }) => [name, level, what])).toEqual([
    ['hangs', 'warning', 'none in time'],
    ['throws', 'warning', 'no route'],
    ['without', 'note', 'no database'],
    ['pointless', 'note', 'nothing leaves this machine'],
    ['good', 'ok', 'good'],
  ]);
});
