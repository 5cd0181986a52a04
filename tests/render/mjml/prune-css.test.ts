import { readdirSync, readFileSync } from 'node:fs';
import mjml2html from 'mjml';
import { expect, test } from 'vitest';
import { readIssue } from '../../../src/issue/read.ts';
import { renderIssue } from '../../../src/render/issue.ts';
import { compileMjml } from '../../../src/render/mjml/compile.ts';
import { pruneCss } from '../../../src/render/mjml/prune-css.ts';
import { context, newsletter } from '../fixtures.ts';

const samples = new URL('../../../emails/samples/', import.meta.url);
const mail = (css: string, body: string): string =>
  `<mjml><mj-head><mj-style inline="inline">${css}</mj-style></mj-head><mj-body><mj-section><mj-column><mj-text css-class="flow">${body}</mj-text></mj-column></mj-section></mj-body></mjml>`;
const cssOf = (mjml: string): string => /<mj-style inline="inline">([\s\S]*?)<\/mj-style>/.exec(mjml)![1]!;

const cases = readdirSync(samples)
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) => ['default', 'quiet'].map((theme) => [name, theme] as const));

test.each(cases)('%s in %s compiles to the same HTML with all rules', async (name, theme) => {
  const document = readIssue(readFileSync(new URL(name, samples), 'utf8'), { file: name });
  const { mjml } = await renderIssue(document, context({ newsletter: { ...newsletter, theme } }));
  const options = { fonts: {}, ignoreIncludes: true, keepComments: false } as const;
  const { html } = await mjml2html(mjml, { ...options, juiceOptions: { applyHeightAttributes: false } });
  expect((await compileMjml(mjml)).html).toBe(html);
  expect(cssOf(pruneCss(mjml)).replace(/\n/g, '').length).toBeLessThan(cssOf(mjml).length);
});

test('a selector that can match nothing goes, and its rule with the last of them', () => {
  const css = '.flow p,.flow h4{margin:0}\n.qa .who{color:red}\n.flow pre > code:first-child{color:blue}';
  const pruned = pruneCss(mail(css, '<p>One</p>'));
  expect(cssOf(pruned)).toBe('.flow p{margin:0}\n\n');
  expect(pruned.split('\n')).toHaveLength(3);
});

test('what MJML itself writes is thought of, and what is not understood is kept', () => {
  const css =
    '.flow > div{color:red}.mj-column-per-100 td{color:red}.flow-outlook{color:red}[href]{color:red}';
  expect(cssOf(pruneCss(mail(css, '')))).toBe(css);
  expect(cssOf(pruneCss(mail('@media print{.x{color:red}}', '')))).toBe('@media print{.x{color:red}}');
});
