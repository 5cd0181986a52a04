import { expect, test } from 'vitest';
import { headlineOf } from '../../../src/render/blocks/headline.ts';

const of = (title: string, newsletter = 'Ferrykit Weekly', extra = {}) => {
  const { words, number } = headlineOf(title, newsletter, extra);
  return [words, number];
};

test.each([
  ['Ferrykit Weekly 42: Smaller pools', ['Smaller pools', '42']],
  ['Ferrykit Weekly #42 – Smaller pools', ['Smaller pools', '42']],
  ['Ferrykit Weekly, No. 42 | Smaller pools', ['Smaller pools', '42']],
  ['Ferrykit Weekly (Issue 42): Smaller pools', ['Smaller pools', '42']],
  ['FERRYKIT  WEEKLY｜Smaller pools', ['Smaller pools', null]],
  ['Smaller pools | Ferrykit Weekly 42', ['Smaller pools', '42']],
  ['Ferrykit Weekly 42', [null, '42']],
  ['Ferrykit Weekly', ['Ferrykit Weekly', null]],
  ['Ferrykit Weekly is five years old', ['Ferrykit Weekly is five years old', null]],
  ['Ferrykit Weekly 2026-03-06: pools', ['Ferrykit Weekly 2026-03-06: pools', null]],
  ['Smaller pools', ['Smaller pools', null]],
])('below the name of the newsletter, %s is %j', (title, wanted) => {
  expect(of(title)).toEqual(wanted);
});

test.each([
  ['渡口周报 第 42 期｜连接池为什么越大越慢', ['连接池为什么越大越慢', '42']],
  ['渡口周报（第 42 期）：连接池', ['连接池', '42']],
  ['连接池 - 渡口周报第42期', ['连接池', '42']],
])('in Chinese too: %s', (title, wanted) => {
  expect(of(title, '渡口周报')).toEqual(wanted);
});

test('a name with signs of patterns in it is a name', () => {
  expect(of('C++ (weekly) 7: Modules', 'C++ (weekly)')).toEqual(['Modules', '7']);
  expect(of('Modules', '  ')).toEqual(['Modules', null]);
});

test('a number in the front matter counts where the title has none', () => {
  expect(of('Smaller pools', 'Ferrykit Weekly', { Number: 574 })).toEqual(['Smaller pools', '574']);
  expect(of('Smaller pools', 'Ferrykit Weekly', { number: 'many' })).toEqual(['Smaller pools', null]);
});

test('a title without end takes no time', () => {
  const started = performance.now();
  of(`${'a: '.repeat(40_000)}b`, 'a');
  expect(performance.now() - started).toBeLessThan(200);
});
