import { expect, test } from 'vitest';
import { displayWidth, hang, wrap } from '../../../src/render/text/wrap.ts';

test('a Chinese character takes two columns, a mark on a letter none', () => {
  expect(displayWidth('ab')).toBe(2);
  expect(displayWidth('灯塔')).toBe(4);
  expect(displayWidth('e\u0301')).toBe(1);
});

test('no line is wider than it may be', () => {
  const text = '灯塔每四个小时 needs a keeper，守灯人 trims the wick，然后睡觉。'.repeat(8);
  for (const line of wrap(text, 40)) expect(displayWidth(line)).toBeLessThanOrEqual(40 + 2);
  expect(wrap(text, 40).join('').replace(/ /g, '')).toBe(text.replace(/ /g, ''));
});

test('words and addresses are never broken', () => {
  const url = `https://example.org/${'x'.repeat(90)}`;
  expect(wrap(`see ${url} now`, 40)).toEqual(['see', url, 'now']);
});

test('no line begins with a closing sign or ends with an opening one', () => {
  for (let columns = 6; columns < 30; columns += 1) {
    for (const line of wrap(
      '灯塔「北方」，守灯人（他）说：好。灯塔「北方」，守灯人（他）说：好。',
      columns,
    )) {
      expect(line).not.toMatch(/^[，。：」）]/);
      expect(line).not.toMatch(/[「（]$/);
    }
  }
});

test('lines of the text stay lines', () => {
  expect(wrap('one\ntwo', 40)).toEqual(['one', 'two']);
  expect(hang(['one', '', 'two'], '- ')).toEqual(['- one', '', '  two']);
});
