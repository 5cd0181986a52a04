import { expect, it } from 'vitest';
import { formatMessage } from '../../../src/issue/document/format.ts';

it('places a message as file:line:column, leaving out what is not known', () => {
  const message = { severity: 'error', rule: 'r', text: 'wrong' } as const;
  expect(formatMessage('a.md', { ...message, line: 3, column: 7 })).toBe('a.md:3:7: error: wrong (r)');
  expect(formatMessage('a.md', { ...message, line: 3 })).toBe('a.md:3: error: wrong (r)');
  expect(formatMessage('a.md', { ...message, line: null, column: 7 })).toBe('a.md: error: wrong (r)');
});
