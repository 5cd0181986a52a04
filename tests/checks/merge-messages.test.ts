import { expect, test } from 'vitest';
import { mergeMessages } from '../../src/checks/merge-messages.ts';
import type { Message } from '../../src/issue/document/document.ts';

const message = (line: number | null, text: string, over: Partial<Message> = {}): Message => ({
  severity: 'warning',
  line,
  rule: 'r',
  text,
  ...over,
});

test('the same remark at many places is one, with its places', () => {
  const gathered = mergeMessages([9, 3, 5, 5, 7, 11, 12, 20].map((line) => message(line, 'x')));
  expect(gathered).toEqual([message(9, 'x (also on lines 3, 5, 7, 11, 12 and 1 more)')]);
  expect(mergeMessages([message(1, 'x'), message(4, 'x')])).toEqual([message(1, 'x (also on line 4)')]);
  expect(mergeMessages([message(1, 'x'), message(1, 'x')])).toEqual([message(1, 'x')]);
});

test('of many different ones of a rule five are listed, and the others counted with their places', () => {
  const gathered = mergeMessages(Array.from({ length: 8 }, (_, n) => message(n + 1, `x${n}`)));
  expect(gathered).toHaveLength(6);
  expect(gathered.at(-1)).toEqual(message(null, '3 more of the same kind, on lines 6, 7 and 8'));
});

test('no error is ever left out', () => {
  const errors = Array.from({ length: 20 }, (_, n) => message(n + 1, `x${n}`, { severity: 'error' }));
  expect(mergeMessages(errors)).toEqual(errors);
});

test('they come in the order of the file, those without a place last', () => {
  const gathered = mergeMessages([message(null, 'a'), message(7, 'b'), message(2, 'c', { rule: 'q' })]);
  expect(gathered.map(({ line }) => line)).toEqual([2, 7, null]);
});
