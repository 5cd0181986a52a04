import { expect, test } from 'vitest';
import { suggestAddress } from '../../../src/consent/signup/typos.ts';

test.each([
  ['Ann+x@gmial.com', 'Ann+x@gmail.com'],
  ['a@gmai.com', 'a@gmail.com'],
  ['a@gmaill.com', 'a@gmail.com'],
  ['a@gmail.con', 'a@gmail.com'],
  ['a@gmail.co', null],
  ['a@hotmial.com', 'a@hotmail.com'],
  ['a@outlok.com', 'a@outlook.com'],
  ['a@yaho.com', 'a@yahoo.com'],
  ['a@foxmial.com', 'a@foxmail.com'],
  ['a@company.con', 'a@company.com'],
  ['a@company.ogr', 'a@company.org'],
])('%s: %s', (typed, meant) => {
  expect(suggestAddress(typed)).toBe(meant);
});

test.each(
  'gmail.com mail.com email.com gmx.de gmx.net qq.com 163.com 126.com 139.com mail.de me.com example.org example.com company.co yahoo.co.uk proton.me pm.me hey.com sina.cn'.split(
    ' ',
  ),
)('%s is in order', (domain) => {
  expect(suggestAddress(`a@${domain}`)).toBeNull();
});

test('nonsense is left alone', () => {
  for (const text of ['', '@', 'a', 'a@', '@@@', 'x'.repeat(500)]) expect(suggestAddress(text)).toBeNull();
});
