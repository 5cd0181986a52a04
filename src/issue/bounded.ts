/** No source may crash the reader or hang it, whatever it does to a parser: it gets an error message instead. */
import { types } from 'node:util';
import { createContext, Script } from 'node:vm';
import type { Remarks } from './messages.ts';

/** The longest that one part of an issue may take to read, in milliseconds. */
const TIME_LIMIT = 5_000;
const CALL = new Script('work()');
/** One for all calls: making one costs more than reading a short issue. Calls do not nest. */
const SANDBOX: { work?: () => unknown } = {};
const CONTEXT = createContext(SANDBOX);

/**
 * What `work` gives, or `fallback` with an error said about `part`. A parser's loop can't be stopped from its own
 * thread by other means than V8's: a time limit on a script ends all that the script called, ours included.
 */
export function bounded<T>(part: string, remarks: Remarks, work: () => T, fallback: T): T {
  try {
    SANDBOX.work = work;
    return CALL.runInContext(CONTEXT, { timeout: TIME_LIMIT }) as T;
  } catch (error) {
    if (!types.isNativeError(error)) throw error;
    remarks.error('unreadable', `the ${part} ${reason(error)}`, { line: 1 });
    return fallback;
  } finally {
    delete SANDBOX.work;
  }
}

function reason(error: Error): string {
  if (error.name === 'RangeError') return 'is nested too deeply to be read';
  if ('code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
    return `takes more than ${TIME_LIMIT / 1000} s to read; its marks repeat or nest without end`;
  }
  return `could not be read: ${error.message}`;
}
