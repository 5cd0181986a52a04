/** A reply as it is read off the connection. */
import type { Reply } from '../../src/ports.ts';

/** `550 5.1.1 text`, or `550-5.1.1 text`: the enhanced code is kept apart and stands in the text too. */
export function replyOf(line: string): Reply {
  const text = line.slice(4);
  return { code: Number(line.slice(0, 3)), enhanced: /^\d\.\d+\.\d+/.exec(text)?.[0] ?? null, text };
}
