import { expect, test } from 'vitest';
import { readRoute, routeText } from '../../src/audience/route.ts';

test('names with and without weights, blanks between them or not', () => {
  expect(readRoute('main:3, backup:1,third')).toEqual([
    { relay: 'main', weight: 3 },
    { relay: 'backup', weight: 1 },
    { relay: 'third', weight: null },
  ]);
});

test('an IPv6 host is a name, with a weight or without', () => {
  expect(readRoute('[::1],[2001:db8::2]:4')).toEqual([
    { relay: '[::1]', weight: null },
    { relay: '[2001:db8::2]', weight: 4 },
  ]);
});

test.each(['main', 'main:3,backup:1', '[::1]:2'])('%s is said as it was written', (text) => {
  expect(routeText(readRoute(text))).toBe(text);
});

test.each([
  ['', /expected the names of relays/],
  ['a,,b', /expected the names of relays/],
  ['a:0', /a weight from 1 to 1000/],
  ['a:1001', /a weight from 1 to 1000/],
  ['a,b,a:2', /every relay once, found "a" twice/],
])('"%s" is refused', (text, why) => {
  expect(() => readRoute(text)).toThrow(why);
});
