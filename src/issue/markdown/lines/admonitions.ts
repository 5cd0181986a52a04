/**
 * Converts the boxes of other tools before parsing: `!!! note "Title"` with indented content (MkDocs) becomes an alert
 * in a quote (`> [!note] Title`), `::: tip Title` (VuePress, Docusaurus, Pandoc) a directive with a label. Line numbers
 * stay the same.
 */
import { toneNamed } from '../../document/tones.ts';
import { escaped } from '../../site/callout-line.ts';
import { CodeLines } from '../../site/code-lines.ts';

const ADMONITION =
  /^([ \t]*)(?:!!!|\?\?\?\+?)[ \t]+([A-Za-z][\w-]*)((?:[ \t]+[a-z][\w-]*)*)(?:[ \t]+(?:"([^"]*)"|'([^']*)'))?[ \t]*$/;

export function convertAdmonitions(text: string): string {
  if (!/^[ \t>]*(?:!!!|\?\?\?\+?)[ \t]+[A-Za-z]/m.test(text)) return text;
  return admonitions(text.split('\n')).join('\n');
}

function admonitions(lines: string[]): string[] {
  const code = new CodeLines();
  const out: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const opening = code.isCode(line) ? null : ADMONITION.exec(line);
    const end = opening ? endOfContent(lines, i, indentOf(line) + 4) : i;
    if (!opening || (end === i + 1 && opening[4] === undefined)) {
      out.push(line);
      continue;
    }
    const [, lead = '', name = '', , double, single] = opening;
    const content = lines.slice(i + 1, end).map((each) => dedented(each, indentOf(line) + 4));
    const title = (double ?? single ?? '').trim();
    out.push(`${lead}> [!${name}]${title === '' ? '' : ` ${title}`}`);
    // The alert's mark needs a line of its own, apart from the content's first paragraph.
    out.push(...admonitions(content).map((each) => `${lead}> ${each}`.trimEnd()));
    i = end - 1;
  }
  return out;
}

/** The index after the last line with this indent. Blank lines count where another indented line follows. */
function endOfContent(lines: string[], at: number, indent: number): number {
  let end = at + 1;
  for (let i = at + 1; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line.trim() === '') continue;
    if (indentOf(line) < indent) break;
    end = i + 1;
  }
  return end;
}

const indentOf = (line: string): number => /^[ \t]*/.exec(line)![0].replaceAll('\t', '    ').length;

function dedented(line: string, indent: number): string {
  const lead = /^[ \t]*/.exec(line)![0];
  return ' '.repeat(Math.max(0, indentOf(line) - indent)) + line.slice(lead.length);
}

const BOX =
  /^([ \t>]*)(:{3,})([ \t]*)(?:\{[ \t]*\.?([\w-]+)([^{}]*)\}|([A-Za-z][\w-]*))(?:([ \t]+)([^[{\s][^\n]*?)|[ \t]+(?=[[{]))?(\{[^{}]*\})?[ \t]*$/;

/** `::: tip Title {#id}` -> `:::tip[Title]{#id}`. A line that is a directive already stays as it is. */
export function normalizeDirectiveLine(line: string): string {
  const match = line.includes(':::') ? BOX.exec(line) : null;
  if (!match) return withoutBlankBeforeLabel(line);
  const [, lead = '', colons = '', , braced, values = '', plain, , title = '', attributes = ''] = match;
  const written = braced ?? plain ?? '';
  const name = toneNamed(written) === null ? written : written.replace(/^(?:callout|admonition|alert)-/, '');
  const label = title.replace(/:+$/, '').trim();
  const given = values.trim() === '' ? attributes : `{${values.trim()}}`;
  return `${lead}${colons}${name}${label === '' ? '' : `[${escaped(label)}]`}${given}`;
}

/** `::: tip [Title]` and `::: tip {title=...}`. */
const withoutBlankBeforeLabel = (line: string): string =>
  line.replace(/^([ \t>]*:{3,})[ \t]*([A-Za-z][\w-]*)[ \t]*(?=[[{])/, '$1$2');
