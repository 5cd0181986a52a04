import { Script } from 'node:vm';

const CALL = new Script('work()');

/**
 * Runs `work` to its end, or throws `ERR_SCRIPT_EXECUTION_TIMEOUT` after `milliseconds`. A parser's loop can't be
 * stopped from the same thread by other means; V8 ends everything below the script, ours included.
 */
export function withinTime<T>(milliseconds: number, work: () => T): T {
  return CALL.runInNewContext({ work }, { timeout: milliseconds }) as T;
}
