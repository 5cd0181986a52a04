/** No source may crash the reader or hang it, whatever it does to a parser: it gets an error message instead. */
import { types } from 'node:util';
import { createContext, Script } from 'node:vm';
import type { MessageCollector } from './message-collector.ts';

/** The longest that one part of an issue may take to read, in milliseconds. */
const MAX_READ_MS = 5_000;
const CALL = new Script('work()');
/** One for all calls: making one costs more than reading a short issue. Calls do not nest. */
const SANDBOX: { work?: () => unknown } = {};
const CONTEXT = createContext(SANDBOX);

/**
 * No text up to this many characters comes near the limit, whatever stands in it, but for marks that nest
 * (`tests/fuzz/short.long.test.ts`); the watch itself costs as much as reading a short issue.
 */
export const MAX_UNTIMED_LENGTH = 6_000;
/** What nests without end: brackets and anchors in YAML, containers in Markdown. */
const NESTING = { body: /:::/g, 'front matter': /[[{&*]/g };
/** More of these can take minutes in a few thousand characters. */
const MAX_UNTIMED_MARKS = 60;

/**
 * What `work` makes of `text`, or `fallback` with an error said about `part` of the issue. A parser's loop can't be
 * stopped from its own thread by other means than V8's: a time limit on a script ends all that the script called,
 * ours included.
 */
export function withTimeLimit<T>(part: Part, messages: MessageCollector, work: () => T, fallback: T): T {
  try {
    if (isHarmless(part)) return work();
    SANDBOX.work = work;
    return CALL.runInContext(CONTEXT, { timeout: MAX_READ_MS }) as T;
  } catch (error) {
    if (!types.isNativeError(error)) throw error;
    messages.error('unreadable', `the ${part.name} ${reason(error)}`, { line: 1 });
    return fallback;
  } finally {
    delete SANDBOX.work;
  }
}

interface Part {
  name: 'body' | 'front matter';
  text: string;
}

function isHarmless({ name, text }: Part): boolean {
  if (text.length > MAX_UNTIMED_LENGTH) return false;
  return (text.match(NESTING[name])?.length ?? 0) <= MAX_UNTIMED_MARKS;
}

function reason(error: Error): string {
  if (error.name === 'RangeError') return 'is nested too deeply to be read';
  if ('code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
    return `takes more than ${MAX_READ_MS / 1000} s to read; its marks repeat or nest without end`;
  }
  return `could not be read: ${error.message}`;
}
