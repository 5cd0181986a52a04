/**
 * Colour for people at a terminal, by Node's own `styleText`: it knows NO_COLOR, FORCE_COLOR, dumb terminals and
 * pipes. One style a call: given several at once, Node 20 asks for none of that.
 */
import { stripVTControlCharacters, styleText } from 'node:util';

type Style = 'bold' | 'green' | 'red' | 'yellow';
type Stream = NodeJS.WritableStream;

const styled = (style: Style, text: string, stream: Stream): string => styleText(style, text, { stream });

export const heading = (text: string, stream: Stream = process.stdout): string =>
  styled('bold', text, stream);

/** What needs nobody is green, what waits for somebody yellow, what is broken red; all else stays as it is. */
const STATES = new Map<string, Style>([
  ['sent', 'green'],
  ['confirmed', 'green'],
  ['up', 'green'],
  ['paused', 'yellow'],
  ['pending', 'yellow'],
  ['resting', 'yellow'],
  ['down', 'red'],
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

/** Sentences for standard error. Styles meant for standard output are taken away where this one takes none. */
export function gravityStyled(text: string, stream: Stream = process.stderr): string {
  if (heading('x', stream) === 'x') return stripVTControlCharacters(text);
  return text
    .replace(GRAVE, (_, before: string, word: string) => {
      return before + styled(word === 'error' ? 'red' : 'yellow', word, stream);
    })
    .replace(FAILURE, (start) => styled('red', start, stream));
}
