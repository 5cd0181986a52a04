import { describe, expect, test } from 'vitest';
import { checks } from '../../src/checks/all-checks.ts';
import { findings } from './harness.ts';
import { pairs } from './rule-cases.ts';

const rules = checks.map(({ rule }) => rule);

test('every check has an issue that breaks it and one that does not, and a name of its own', () => {
  expect(Object.keys(pairs).sort()).toEqual([...rules].sort());
  expect(new Set(rules).size).toBe(rules.length);
});

describe.each(rules)('%s', (rule) => {
  const { broken, line, fine } = pairs[rule]!;

  test('is found, at its place', async () => {
    const [first] = await findings(rule, broken);
    expect(first).toMatchObject({ line, text: expect.stringMatching(/^.{20,}$/) });
  });

  test('is not found in an issue that comes close', async () => {
    expect(await findings(rule, fine)).toEqual([]);
  });
});
