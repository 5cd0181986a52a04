import { expect, test } from 'vitest';
import { missingValues } from '../../src/checks/audience.ts';
import { subjectOf } from './harness.ts';

const count = (over = {}) => ({ slot: 'reader.name', missing: 3, fallback: null, guarded: false, ...over });

test('a slot that is empty for some readers is told with its line and how many they are', async () => {
  const subject = await subjectOf({ body: 'One.\n\nHello {{ name }}, from {{reader.attributes.city}}.' });
  const city = count({ slot: 'reader.attributes.city', missing: 1 });
  expect(missingValues(subject, 10, [count(), city])).toMatchObject([
    { severity: 'warning', line: 9, rule: 'slot-empty', text: expect.stringContaining('3 of 10 readers') },
    { severity: 'warning', line: 9, rule: 'slot-empty', text: expect.stringContaining('city') },
  ]);
});

test('a fallback, a theme that asks first, and a value for everybody are in order', async () => {
  const subject = await subjectOf({});
  const counts = [count({ fallback: 'friend' }), count({ guarded: true }), count({ missing: 0 })];
  expect(missingValues(subject, 10, counts)).toEqual([]);
});

test('a newsletter without readers is told', async () => {
  expect(missingValues(await subjectOf({}), 0, [])).toMatchObject([{ rule: 'audience-empty' }]);
});
