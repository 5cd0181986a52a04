import { expect, test } from 'vitest';
import { outlookFaults } from '../../src/checks/outlook.ts';

const fonts = '<!--[if mso]><style>td{font-family:Arial}</style><![endif]-->';
const faultsOf = (body: string): string[] =>
  outlookFaults(`<html><head>${fonts}</head><body>${body}</body></html>`);

test.each([
  [
    'a list without a left margin',
    '<ul style="margin:0 0 16px;padding:0;padding-left:24px"><li>x</li></ul>',
    /list/,
  ],
  [
    'a button with padding on the link only',
    '<table><tr><td style="background-color:#00f"><a style="background-color:#00f;padding:12px 24px">x</a></td></tr></table>',
    /padding that its cell lacks/,
  ],
  [
    'a cell of 13,565 px',
    `<table><tr><td>${'<p>A paragraph of the issue, one of many.</p>'.repeat(300)}</td></tr></table>`,
    /about \d+ px high/,
  ],
])('%s is told', (_, body, fault) => {
  expect(faultsOf(body)).toEqual([expect.stringMatching(fault)]);
});

test('a stack that begins with fonts that Windows lacks is told', () => {
  const body = '<body><p style="font-family:-apple-system,Arial">x</p></body>';
  expect(outlookFaults(`<html><head></head>${body}</html>`)).toEqual([
    expect.stringMatching(/no fonts are set/),
  ]);
  expect(outlookFaults(`<html><head>${fonts}</head>${body}</html>`)).toEqual([]);
});

test.each([
  ['a margin at the side', '<ol style="margin:0 0 16px;margin-left:24px;padding:0"><li>x</li></ol>'],
  ['a margin in short', '<ul style="margin:0 0 16px 24px"><li>x</li></ul>'],
  [
    'padding for Word on the cell',
    '<table><tr><td style="mso-padding-alt:12px 24px"><a style="background-color:#00f;padding:12px 24px">x</a></td></tr></table>',
  ],
  ['a plain link with room for a thumb', '<p><a style="display:inline-block;padding:12px 0">x</a></p>'],
  [
    'many rows that are each low',
    `<table>${'<tr><td><p>A paragraph of the issue, one of many.</p></td></tr>'.repeat(300)}</table>`,
  ],
])('%s is fine', (_, body) => {
  expect(faultsOf(body)).toEqual([]);
});
