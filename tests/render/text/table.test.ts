/** Tables of the plain text: aligned columns where they fit, else a line for each cell. */
import { describe, expect, test } from 'vitest';
import { issueText } from '../../../src/render/text/issue-text.ts';
import { COLUMNS, displayWidth } from '../../../src/render/text/wrap.ts';
import { wordsFor } from '../../../src/render/theme/words.ts';
import { readBody } from '../../issue/harness.ts';
import { context } from '../fixtures.ts';

const emails = context().emails;

function linesOf(markdown: string, language = 'en'): string[] {
  const frame = {
    newsletter: 'N',
    postalAddress: '',
    date: null,
    viewUrl: null,
    preferencesUrl: 'P',
    unsubscribeUrl: 'U',
  };
  const slot = (path: string): string => `<${path}>`;
  const words = wordsFor(emails, language);
  const text = issueText(readBody(markdown), frame, words, 'https://base.example/', slot);
  return text
    .slice(text.indexOf('=\n') + 2, text.indexOf(`\n${'-'.repeat(COLUMNS)}`))
    .trim()
    .split('\n');
}

describe('a table that fits', () => {
  test('has columns of one width, aligned as its Markdown says', () => {
    const table =
      '| Lamp | Oil | State |\n|:--|--:|:-:|\n| north pier | 9 l | lit |\n| east | 12.5 l | out |\n| west | | repaired |';
    expect(linesOf(table)).toEqual([
      'Lamp       |    Oil |  State',
      '-----------+--------+---------',
      'north pier |    9 l |   lit',
      'east       | 12.5 l |   out',
      'west       |        | repaired',
    ]);
  });

  test('counts a Chinese character as two columns', () => {
    const table = '| 名称 | 版本 | note |\n|---|--:|---|\n| 灯塔 | 2.1 | 已发布 |\n| lamp | 10.0 | ok，好 |';
    const lines = linesOf(table, 'zh');
    expect(lines).toEqual([
      '名称 | 版本 | note',
      '-----+------+-------',
      '灯塔 |  2.1 | 已发布',
      'lamp | 10.0 | ok，好',
    ]);
    const bars = lines.map((line) =>
      displayWidth(line.slice(0, line.lastIndexOf(line.includes('+') ? '+' : '|'))),
    );
    expect(new Set(bars)).toEqual(new Set([12]));
  });

  test('says a cell over several rows in each of them, and keeps the columns under one that is over several', () => {
    const table =
      '<table><tr><th>Pier</th><th>Lamp</th><th>Oil</th></tr><tr><td rowspan="2">north</td><td>a</td><td align="right">9</td></tr><tr><td>b</td><td align="right">12</td></tr><tr><td colspan="2">all</td><td>21</td></tr></table>';
    expect(linesOf(table)).toEqual([
      'Pier  | Lamp | Oil',
      '------+------+----',
      'north | a    |   9',
      'north | b    |  12',
      'all   |      | 21',
    ]);
  });

  test('of one column is a list of lines below its heading', () => {
    expect(linesOf('| Lamps |\n|---|\n| north |\n| east |')).toEqual(['Lamps', '-----', 'north', 'east']);
  });
});

describe('a table that does not fit', () => {
  const long = 'the lamp was cleaned, filled and lit again by the keeper of the north pier in the night';

  test('tells each row as lines of heading and cell, none of them too wide', () => {
    const lines = linesOf(`| Lamp | What was done |\n|---|---|\n| north | ${long} |\n| east | nothing |`);
    expect(lines).toEqual([
      'Lamp: north',
      'What was done: the lamp was cleaned, filled and lit again by the',
      '  keeper of the north pier in the night',
      '',
      'Lamp: east',
      'What was done: nothing',
    ]);
  });

  test('is told with the colon of its language, without its empty cells', () => {
    const words = '读者可以在文本邮件中看到表格的每一行，标题与内容写在一起，不会因为过宽而错位';
    const lines = linesOf(`| 项目 | 说明 | 备注 |\n|---|---|---|\n| 灯塔 | ${words} | |`, 'zh');
    expect(lines[0]).toBe('项目：灯塔');
    expect(lines[1]).toMatch(/^说明：读者/);
    expect(lines.join('')).not.toContain('备注');
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(COLUMNS);
  });

  test('stays a text for each row where nobody wrote headings', () => {
    const lines = linesOf(`| | |\n|---|---|\n| north | ${long} |`);
    expect(lines[0]).toMatch(/^north \| the lamp/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(COLUMNS);
  });
});

test('what is filled in for each reader has a width that nobody knows, so its table has no columns', () => {
  const lines = linesOf('| For | Code |\n|---|---|\n| {{name}} | 12 |');
  expect(lines).toEqual(['For: <reader.name>', 'Code: 12']);
});

test('the number of a note is given once, and the table counts it', () => {
  const url = `https://a.example/${'x'.repeat(50)}`;
  const lines = linesOf(`| Lamp | Log |\n|---|---|\n| north | [read](${url}) |\n| east | none |`);
  expect(lines).toEqual([
    'Lamp  | Log',
    '------+---------',
    'north | read [1]',
    'east  | none',
    '',
    `[1] ${url}`,
  ]);
});
