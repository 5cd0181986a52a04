/** Repairs mistakes in hand-written Markdown in the source, line by line and outside code: `###Title`, `-item`. */
import type { MessageCollector } from '../../document/message-collector.ts';
import { normalizeDirectiveLine } from './admonitions.ts';
import { DefinitionsBelowTags } from './definitions-below-tags.ts';
import { narrowBrackets } from './wide-brackets.ts';

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HIGHLIGHT = /^\s*\{%-?\s*highlight\s+([\w+#-]+)[^%]*%\}\s*$/;
const END_HIGHLIGHT = /^\s*\{%-?\s*endhighlight\s*-?%\}\s*$/;

/** Lines keep their numbers. Definitions that Markdown would not see are moved below all other lines. */
export function repairLines(body: string, messages: MessageCollector): string {
  let fence: string | null = null;
  let fenceLine = 0;
  let highlight = false;
  const definitions = new DefinitionsBelowTags();
  const lines = body.split('\n').map((line, i, all) => {
    if (highlight) {
      highlight = !END_HIGHLIGHT.test(line);
      return highlight ? line : '````';
    }
    const marker = FENCE.exec(line)?.[1];
    if (fence !== null) {
      if (marker?.startsWith(fence) && line.trim() === marker) fence = null;
      return line;
    }
    if (marker !== undefined) {
      fence = marker;
      fenceLine = i + 1;
      return line;
    }
    const language = HIGHLIGHT.exec(line)?.[1];
    if (language === undefined) {
      const repaired = narrowBrackets(normalizeDirectiveLine(repairMarker(line)), i + 1, messages);
      return definitions.take(repairLoneTag(repaired, all[i + 1] ?? ''));
    }
    highlight = hasEnd(body, i);
    return highlight ? `\`\`\`\`${language}` : line;
  });
  if (fence !== null) {
    messages.warning('code-unclosed', 'this code fence is never closed; all that follows is taken as code', {
      line: fenceLine,
    });
  }
  return [...lines, ...definitions.moved(fence)].join('\n');
}

function hasEnd(body: string, from: number): boolean {
  return body
    .split('\n')
    .slice(from + 1)
    .some((line) => END_HIGHLIGHT.test(line));
}

/** Adds the missing space of `###Title` and `-item` where they can only be a heading and an item. */
function repairMarker(line: string): string {
  return line
    .replace(/^( {0,3}#{2,6})(?=[^#\s\d])/, '$1 ')
    .replace(/^( {0,3}[-+])(?=\p{Script=Han}|\[[^\]\s]|(?:easy|medium|hard)\s*$)/iu, '$1 ');
}

const LONE_TAG = /^ {0,3}<(?:img|br)\b[^<>]*>[ \t]*$/i;

/**
 * An `<img>` alone on its line opens a block of HTML that would swallow the Markdown right below it. A comment after it
 * prevents that.
 */
function repairLoneTag(line: string, below: string): string {
  if (!LONE_TAG.test(line) || below.trim() === '' || /^\s*</.test(below)) return line;
  return /^\s*<br/i.test(line) && /^ {0,3}#/.test(below) ? '' : `${line.trimEnd()}<!-- -->`;
}
