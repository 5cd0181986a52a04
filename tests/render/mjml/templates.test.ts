import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Refused } from '../../../src/errors.ts';
import { renderIssue } from '../../../src/render/issue.ts';
import { EmailFiles } from '../../../src/render/theme/email-files.ts';
import { context, documentOf, everyKind } from '../fixtures.ts';

let own: string;
beforeEach(() => {
  own = mkdtempSync(join(tmpdir(), 'faults-'));
});
afterEach(() => rmSync(own, { recursive: true }));

/** The fault of rendering with one file written anew. */
async function faultWith(path: string, text: string): Promise<Refused> {
  mkdirSync(dirname(join(own, path)), { recursive: true });
  writeFileSync(join(own, path), text);
  const document = documentOf([everyKind.prose, everyKind.quote, everyKind.reading]);
  const fault = await renderIssue(document, context({ emails: new EmailFiles(own) })).catch((error) => error);
  expect(fault).toBeInstanceOf(Refused);
  expect(fault.code).toBe('template');
  return fault;
}

const builtIn = (path: string): string => new EmailFiles().need(path);

test('Handlebars that does not parse is told by file and line', async () => {
  const fault = await faultWith('blocks/quote.mjml', '<blockquote>\n{{#if block.html}}\n</blockquote>');
  expect(fault.message).toContain(join(own, 'blocks/quote.mjml:'));
});

test('a name that no theme may use is told by file and line', async () => {
  const fault = await faultWith('blocks/quote.mjml', '<blockquote>\n{{user.name}}\n</blockquote>');
  expect(fault.message).toContain(`${join(own, 'blocks/quote.mjml')}:2:`);
});

test('an unknown MJML attribute in a block is told by file, line and tag', async () => {
  const text =
    '{{#if block}}\n<mj-section>\n  <mj-column>\n    <mj-text colour="red">{{{block.html}}}</mj-text>\n  </mj-column>\n</mj-section>\n{{/if}}';
  const fault = await faultWith('blocks/quote.mjml', text);
  expect(fault.message).toBe(`${join(own, 'blocks/quote.mjml')}:4: <mj-text> Attribute colour is illegal`);
});

test('an unknown MJML tag in a theme is told by file and line, also below a partial', async () => {
  const text = builtIn('themes/default/issue.mjml')
    .replaceAll('<mj-column', '<mj-colum')
    .replaceAll('</mj-column', '</mj-colum');
  const line = text.split('\n').findIndex((each) => each.includes('<mj-colum')) + 1;
  const fault = await faultWith('themes/default/issue.mjml', text);
  expect(fault.message).toContain(`${join(own, 'themes/default/issue.mjml')}:${line}: `);
});

test('a tag that is not closed is told where it opens, for MJML would lose what follows', async () => {
  const text = '<mj-section>\n  <mj-column>\n    <mj-text>x</mj-text>\n</mj-section>';
  const fault = await faultWith('blocks/quote.mjml', text);
  expect(fault.message).toBe(
    `${join(own, 'blocks/quote.mjml')}:2: <mj-column> is not closed (</mj-section> comes first)`,
  );
});

test('a fault in a partial of the theme names the partial', async () => {
  const text = builtIn('themes/default/_head.mjml').replace(/mj-title/g, 'mj-titel');
  const line = text.split('\n').findIndex((each) => each.includes('<mj-titel')) + 1;
  const fault = await faultWith('themes/default/_head.mjml', text);
  expect(fault.message).toContain(join(own, 'themes/default/_head.mjml'));
  expect(fault.message).toContain(`:${line}: `);
});

test('a word that is nowhere is told', async () => {
  const fault = await faultWith('blocks/quote.mjml', "{{t 'no.such.word'}}");
  expect(fault.message).toContain('no.such.word');
});

test('a designer may give a block a section of its own without TypeScript', async () => {
  mkdirSync(join(own, 'blocks'));
  writeFileSync(
    join(own, 'blocks/quote.mjml'),
    '<mj-section><mj-column><mj-text css-class="flow"><blockquote>Said: {{{block.html}}}</blockquote></mj-text></mj-column></mj-section>',
  );
  const document = documentOf([everyKind.prose, everyKind.quote, everyKind.prose]);
  const { edition } = await renderIssue(document, context({ emails: new EmailFiles(own) }));
  expect(edition.html).toContain('Said: <p');
});
