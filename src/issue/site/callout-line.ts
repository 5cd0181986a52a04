/**
 * Converts the opening line of a box in site themes (`{% note info Title %}`, `{{< admonition tip "Title" >}}`) to
 * `:::tip[Title]`.
 */
import { toneNamed } from '../document/tones.ts';

/** Arguments that style a box and are not part of its title. */
const LOOKS =
  /^(?:primary|default|simple|modern|flat|disabled|no-icon|icon|open|closed|true|false|fa\S*|fa[bsr]?)$/i;

export function calloutLine(name: string, args: string): string {
  const named = new Map(
    [...args.matchAll(/([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/g)].map(entryOf),
  );
  const plain = args.replace(/[\w-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"']+)/g, ' ');
  const words = plain.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  const tones = [named.get('type'), named.get('color'), named.get('style'), ...words.slice(0, 1), name];
  const tone = tones.find((word) => word !== undefined && toneNamed(word) !== null) ?? 'note';
  const rest = words.filter((word, i) => !LOOKS.test(word) && !(i === 0 && toneNamed(word) !== null));
  const title = named.get('title') ?? rest.map((word) => word.replace(/^["'](.*)["']$/, '$1')).join(' ');
  return title.trim() === ''
    ? `:::${tone.toLowerCase()}`
    : `:::${tone.toLowerCase()}[${escaped(title.trim())}]`;
}

const entryOf = ([, key = '', ...values]: RegExpMatchArray): [string, string] => [
  key.toLowerCase(),
  values.find((value) => value !== undefined) ?? '',
];

/** Escapes brackets, which would end the label. */
export const escaped = (title: string): string => title.replace(/[\\[\]]/g, '\\$&');
