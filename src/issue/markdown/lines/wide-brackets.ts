/** Repairs links that end in a full-width bracket (`[text](https://x.org）`), which Markdown does not accept. */
import type { MessageCollector } from '../../document/message-collector.ts';

/** If an ordinary bracket follows in the same run of text, the full-width one is part of the address. */
const WIDE_END = /\]\((https?:\/\/[^\s()（）<>]+)）(?![^\s()]*\))/g;

/** `number` is the line's, 1-based. */
export function narrowBrackets(line: string, number: number, messages: MessageCollector): string {
  if (!line.includes('）') || !line.includes('](')) return line;
  return line.replace(WIDE_END, (whole, url: string, at: number) => {
    if (isCode(line.slice(0, at))) return whole;
    messages.warning('link-mended', `the link to ${url} ends in a wide bracket; taken as ")"`, {
      line: number,
      column: at + whole.length,
    });
    return `](${url})`;
  });
}

function isCode(before: string): boolean {
  return before.split('`').length % 2 === 0;
}
