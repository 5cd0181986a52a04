/** Splits the text of a segment into words, quoted texts and signs. */
import { type Span, segmentFault } from './faults.ts';

export interface Token extends Span {
  kind: 'word' | 'quoted' | 'sign' | 'end';
  /** A quoted text without its quotes; a sign in its ASCII form. */
  text: string;
}

export const MAX_SEGMENT_CHARS = 10_000;

/** Opening quote -> closing quote. Word processors and Chinese keyboards write others than ASCII. */
const QUOTES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '“': '”',
  '„': '“',
  '‘': '’',
  '«': '»',
  '「': '」',
};
const SIGNS: Readonly<Record<string, string>> = {
  '（': '(',
  '）': ')',
  '，': ',',
  '＝': '=',
  '＜': '<',
  '＞': '>',
  '≠': '!=',
  '≤': '<=',
  '≥': '>=',
  '<>': '!=',
  '==': '=',
};
const SIGN = /(?:!=|<=|>=|<>|==|[=<>(),（），＝＜＞≠≤≥])/y;
const WORD = /[^\s"“”„«»「」=<>!(),（），＝＜＞≠≤≥]+/y;

/** The last one is the end. Throws Refused('bad-segment'). */
export function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; ; ) {
    at += /^\s*/.exec(text.slice(at))![0].length;
    if (at >= text.length) return [...tokens, { kind: 'end', text: '', from: at, to: at + 1 }];
    const token = readQuoted(text, at) ?? matched(text, at, SIGN, 'sign') ?? matched(text, at, WORD, 'word');
    if (!token) throw segmentFault(text, { from: at, to: at + 1 }, `"${text[at]}" has no meaning here`);
    tokens.push(token);
    at = token.to;
  }
}

function matched(text: string, from: number, pattern: RegExp, kind: 'sign' | 'word'): Token | null {
  pattern.lastIndex = from;
  const [found] = pattern.exec(text) ?? [];
  if (found === undefined) return null;
  return { kind, text: (kind === 'sign' && SIGNS[found]) || found, from, to: from + found.length };
}

/** A doubled quote stands for itself. */
function readQuoted(text: string, from: number): Token | null {
  const closing = QUOTES[text[from] ?? ''];
  if (closing === undefined) return null;
  let content = '';
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] !== closing) content += text[at];
    else if (text[at + 1] === closing) content += text[at++];
    else return { kind: 'quoted', text: content, from, to: at + 1 };
  }
  throw segmentFault(text, { from, to: from + 1 }, 'a quote opens here and is never closed');
}
