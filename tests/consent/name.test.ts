import { expect, test } from 'vitest';
import { readName } from '../../src/consent/name.ts';

test.each([
  ['  Ada   Lovelace ', 'Ada Lovelace'],
  ['李雷', '李雷'],
  ["D'Arcy O\u2019Brien-Smith", "D'Arcy O\u2019Brien-Smith"],
  ['Ada\r\nBcc: everyone', 'Ada Bcc: everyone'],
  ['Ada\u202eEvil', 'Ada Evil'],
  ['می\u200cخواهم', 'می\u200cخواهم'],
  ['', null],
  [' \t ', null],
  ['Win at https://spam.example', null],
  ['www.spam.example', null],
  ['ada@example.org', null],
])('%j is greeted as %j', (given, name) => {
  expect(readName(given)).toBe(name);
});

test('a long name is cut between characters', () => {
  expect([...readName('😀'.repeat(300))!]).toHaveLength(100);
});
