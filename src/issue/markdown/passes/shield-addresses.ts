/**
 * Shields template code in an address (`[a]({{name | friend}})`, `[b]({% link c.md %})`, `[d](<%= url %>)`): spaces and
 * quotes in it would end the address for Markdown. While Markdown is parsed, private-use characters replace them.
 */
import type { Nodes } from 'mdast';
import { walk } from '../tree/walk.ts';

const TAG = String.raw`\{\{[^{}\n]{1,200}\}\}|\{%[^%\n]{1,200}%\}|<%[^%\n]{1,200}%>`;
/** An address that contains a tag: after `](` or `]:`, or in angle brackets. */
const TARGETS = new RegExp(
  String.raw`(\]\(\s{0,9}<?|^ {0,3}\[[^\]\n]{1,200}\]:[ \t]{0,9}<?|<(?=https?:\/\/))((?:[^()\s{}<>]{0,500}(?:${TAG}))+)`,
  'gm',
);
const TAGS = new RegExp(TAG, 'g');
const FIRST = 0xf0000;

export const mayHaveTags = (source: string): boolean => /\{[{%]|<%/.test(source);

/** Line numbers stay the same. `unshieldAddresses` restores the characters. */
export const shieldAddresses = (source: string): string =>
  mayHaveTags(source)
    ? source.replace(TARGETS, (_, before: string, target: string) => before + target.replace(TAGS, shielded))
    : source;

const shielded = (tag: string): string =>
  tag.replace(/[\s"'()<>|\\*_[\]]/g, (sign) => String.fromCodePoint(FIRST + sign.charCodeAt(0)));

const SHIELDED = /[\u{F0000}-\u{F007F}]/gu;

export function unshieldAddresses(tree: Nodes): void {
  walk(tree, (node) => {
    const fields = node as unknown as Record<string, unknown>;
    for (const name of ['value', 'url', 'title', 'alt', 'label']) {
      const field = fields[name];
      if (typeof field === 'string') fields[name] = field.replace(SHIELDED, plain);
    }
  });
}

const plain = (sign: string): string => String.fromCharCode(sign.codePointAt(0)! - FIRST);
