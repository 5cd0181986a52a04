/**
 * Runs a parser under a time limit, so that no source can crash or hang the process. It gets an error message
 * instead.
 */
import { types } from 'node:util';
import { createContext, Script } from 'node:vm';
import type { MessageCollector } from './message-collector.ts';

/** The time limit for one part of an issue. */
const MAX_READ_MS = 5_000;
const CALL = new Script('work()');
/** Shared by all calls, since creating one costs more than reading a short issue. Calls do not nest. */
const SANDBOX: { work?: () => unknown } = {};
const CONTEXT = createContext(SANDBOX);

/**
 * No text up to this many characters comes near the limit unless its marks nest (`tests/fuzz/short.long.test.ts`), so
 * it runs without one: the limit itself costs as much as reading a short issue.
 */
export const MAX_UNTIMED_LENGTH = 6_000;
/** Marks that can nest without end: brackets and anchors in YAML, containers in Markdown. */
const NESTING = { body: /:::/g, 'front matter': /[[{&*]/g };
/** With more nesting marks, a few thousand characters can take minutes. */
const MAX_UNTIMED_MARKS = 60;

/**
 * Returns what `work` returns, or `fallback` with an error message about `part` of the issue. Only V8 can stop a parser
 * that loops in our own thread: its time limit on a script ends everything that the script called, our code included.
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
