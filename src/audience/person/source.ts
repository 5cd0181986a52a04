/** Where people said yes, as the operator states it. */
import { Refused } from '../../errors.ts';

const MAX_SOURCE_CHARS = 500;

/** The source for consent records and suppressions. Throws Refused('bad-source'). */
export function readSource(text: string): string {
  const source = text.trim();
  if (source !== '' && source.length <= MAX_SOURCE_CHARS && !/\p{Cc}/u.test(source)) return source;
  throw new Refused(
    'bad-source',
    `expected a source of 1 to ${MAX_SOURCE_CHARS} characters on one line, e.g. "moved from X"`,
  );
}
