/** A send of what its site keeps back is refused, with the file, the line and the words. */
import { expect, test } from 'vitest';
import type { PreparedIssue } from '../../src/authoring/prepare-issue.ts';
import { refuseUnsendable } from '../../src/authoring/sendable.ts';
import { storedName } from '../../src/authoring/source/source-file.ts';
import type { FoundIssue } from '../../src/issue/find.ts';
import { readIssue } from '../../src/issue/read.ts';

const found = { sourceName: 'weekly.md' } as FoundIssue;
const sendAt = (line: string, at: string, force = false) => {
  const document = readIssue(`---\ntitle: T\n${line}\n---\n\nText`, { file: 'weekly.md' });
  return refuseUnsendable(found, { document, messages: [] } as unknown as PreparedIssue, force, new Date(at));
};

test('published: false stops a send, a forced one too', () => {
  for (const force of [false, true])
    expect(() => sendAt('published: false', '2026-12-01', force)).toThrow(
      'weekly.md:3 says "published: false"',
    );
});

test('a send that starts after publishDate goes out, one before it does not', () => {
  expect(() => sendAt('publishDate: 2026-12-05', '2026-12-04T23:00Z')).toThrow('weekly.md:3');
  expect(sendAt('publishDate: 2026-12-05', '2026-12-05T08:00Z')).toEqual([]);
});

test('a file named from within _drafts keeps the folder in its name', () => {
  expect(storedName('x.md')).toBe('x.md');
  expect(storedName('-')).toBe('-');
  const before = process.cwd;
  process.cwd = () => '/site/_drafts';
  try {
    expect(storedName('x.md')).toBe('/site/_drafts/x.md');
  } finally {
    process.cwd = before;
  }
});
