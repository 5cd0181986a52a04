/** The whole list over every real issue: an editor who knows the newsletter should find no noise in it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { checkSubject, placeholderNewsletter, renderContext } from '../../src/authoring/render/context.ts';
import { checkIssue, errorsIn } from '../../src/checks/check-issue.ts';
import type { Message } from '../../src/issue/document/document.ts';
import { readIssue } from '../../src/issue/read.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { corpusFiles, type IssueFile } from '../helpers/corpus.ts';
import { builtIn } from './harness.ts';

const { note, files } = corpusFiles();

async function messagesOf(file: IssueFile): Promise<Message[]> {
  const view = { ...placeholderNewsletter('en'), baseUrl: 'https://www.example.org/' };
  const context = { view, newsletter: null, emails: builtIn, publicUrl: 'https://news.example.org' };
  const document = readIssue(file.source, { file: file.name, baseUrl: view.baseUrl });
  const { edition, messages } = await renderIssue(document, renderContext(document, 'x', context));
  return checkIssue(checkSubject(file.source, document, edition, new Map(), context), messages);
}

describe(note, () => {
  let found: { file: IssueFile; messages: Message[] }[];
  beforeAll(async () => {
    found = await Promise.all(files.map(async (file) => ({ file, messages: await messagesOf(file) })));
  });

  test('no more than one in fifty has an error, none more than eight remarks, and none a remark on the theme', () => {
    // What only a site's generator knows is an error by right: an include, an address made of the site's data.
    const known = (rule: string): boolean => !/^(?:template-unknown|link-template)$/.test(rule);
    const refused = found.filter(({ messages }) => errorsIn(messages).some(({ rule }) => known(rule)));
    expect(refused.length / found.length).toBeLessThanOrEqual(0.02);
    const noisy = found.filter(({ messages }) => messages.length > 8).map(({ file }) => file.name);
    expect(noisy).toEqual([]);
    const rules = new Set(found.flatMap(({ messages }) => messages.map(({ rule }) => rule)));
    const ofTheme = [...rules].filter((rule) =>
      /-not-(shown|said)$|^client-|^(color|text)-contrast$/.test(rule),
    );
    expect(ofTheme).toEqual([]);
  });

  test('every place is a line of the file', () => {
    for (const { file, messages } of found) {
      const lines = file.source.split(/\r\n?|\n/).length;
      for (const { line } of messages) expect(line ?? 1).toBeLessThanOrEqual(lines);
    }
  });
});
