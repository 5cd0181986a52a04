import { expect, test } from 'vitest';
import { demoPeople } from '../../../src/cli/demo/people.ts';

test('the demo invents the same 200 readers each time, all at domains reserved for examples', () => {
  const people = demoPeople(200);
  expect(people).toEqual(demoPeople(200));
  expect(new Set(people.map((p) => p.email)).size).toBe(200);
  expect(new Set(people.map((p) => p.name)).size).toBe(200);
  for (const person of people) {
    expect(person.email).toMatch(/^[a-z]+\.[a-z]+@([a-z]+\.)?example\.(com|org|net)$/);
    expect(person.language).toBe(/\p{Script=Han}/u.test(person.name) ? 'zh' : 'en');
  }
});

test('more readers than names still have an address each', () => {
  expect(new Set(demoPeople(5_000).map((p) => p.email)).size).toBe(5_000);
});
