/**
 * Colours for people at a terminal, by Node's own `styleText`, which respects NO_COLOR, FORCE_COLOR, dumb terminals and
 * pipes. One style per call, since with several at once Node 20 ignores them all.
 */
import { stripVTControlCharacters, styleText } from 'node:util';

type Style = 'bold' | 'green' | 'red' | 'yellow';
type Stream = NodeJS.WritableStream;

const styled = (style: Style, text: string, stream: Stream): string => styleText(style, text, { stream });

export const heading = (text: string, stream: Stream = process.stdout): string =>
  styled('bold', text, stream);

/** Green needs no action, yellow waits for somebody, red is broken. Other states have no colour. */
const STATES = new Map<string, Style>([
  ['sent', 'green'],
  ['confirmed', 'green'],
  ['up', 'green'],
  ['ok', 'green'],
  ['paused', 'yellow'],
  ['pending', 'yellow'],
  ['resting', 'yellow'],
  ['warning', 'yellow'],
  ['down', 'red'],
  ['error', 'red'],
]);

/** A state, or a text that begins with one: `paused: relay-refuses-login ...`. */
export const stateStyled = (text: string, stream: Stream = process.stdout): string =>
  text.replace(/^[a-z]+/, (word) => {
    const style = STATES.get(word);
    return style === undefined ? word : styled(style, word, stream);
  });

/** `issue.md:3:1: warning: ...`, `warning: ...` */
const GRAVE = /^((?:.*?: )?)(error|warning)(?=: )/gm;
/** How every failure of a command begins. */
const FAILURE = /^postrider:/;

/** Sentences for standard error. Removes styles meant for standard output where standard error takes none. */
export function severityStyled(text: string, stream: Stream = process.stderr): string {
  if (heading('x', stream) === 'x') return stripVTControlCharacters(text);
  return text
    .replace(GRAVE, (_, before: string, word: string) => {
      return before + styled(word === 'error' ? 'red' : 'yellow', word, stream);
    })
    .replace(FAILURE, (start) => styled('red', start, stream));
}
