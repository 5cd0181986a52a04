import { describe, expect, test } from 'vitest';
import { readIssue } from '../../src/issue/read.ts';
import { archivePage } from '../../src/render/archive.ts';
import { GMAIL_CLIP_BYTES } from '../../src/render/clip/gmail-size.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { compileFill } from '../../src/render/slots/fill.ts';
import { corpusFiles } from '../helpers/corpus.ts';
import { context } from './fixtures.ts';

const { note, files } = corpusFiles();
const reader = { name: 'Grace', email: 'grace@example.net', attributes: {} };
const token = 'x'.repeat(160);
const link = {
  view: 'https://news.example.org/archive/weekly/x',
  unsubscribe: `https://news.example.org/unsubscribe/${token}`,
  preferences: `https://news.example.org/preferences/${token}`,
};

describe(note, () => {
  test.each(files)(
    '$name renders below the size that Gmail cuts at, with text, and leaks no markup',
    async (file) => {
      const document = readIssue(file.source, { file: file.name });
      const { edition } = await renderIssue(document, context());
      const html = compileFill(edition.html, 'html')({ reader, link });
      expect(Buffer.byteLength(html)).toBeLessThan(GMAIL_CLIP_BYTES);
      expect(html).not.toMatch(/<\/?mj-|<script|<iframe|javascript:|<[^>]* on[a-z]+="/i);
      expect(html).toContain('role="article"');
      expect(compileFill(edition.text, 'text')({ reader, link }).length).toBeGreaterThan(200);
      expect(archivePage(edition)).not.toContain(token);
    },
  );
});
