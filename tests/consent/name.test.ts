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
  ['ada\uff20example.org', null],
  ['ada\ufe6bexample', null],
  ['ada (at) example', null],
  ['ada [AT] example', null],
  ['spam.example', null],
  ['SPAM.EXAMPLE', null],
  ['spam\u3002example', null],
  ['spam\uff0eexample', null],
  ['sp\u200bam.\u200bexample', null],
  ['xn--fiqs8s.xn--fiqs8s', null],
  ['//spam', null],
  ['Ada <ada>', null],
  ['"Bank" <x', null],
  ['a; b', null],
  ['Dr.Who', 'Dr.Who'],
  ['St. John', 'St. John'],
  ['J.R.R. Tolkien', 'J.R.R. Tolkien'],
  ['Ann & Bob', 'Ann & Bob'],
])('%j is greeted as %j', (given, name) => {
  expect(readName(given)).toBe(name);
});

test('a long name is cut between characters', () => {
  expect([...readName('😀'.repeat(300))!]).toHaveLength(100);
});
