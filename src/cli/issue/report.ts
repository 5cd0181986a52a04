import type { Message } from '../../issue/document/document.ts';
import { formatMessage } from '../../issue/document/format.ts';
import { tell, wantsJson } from '../output.ts';

/** Prints an issue's messages on standard error. With `--json` they are part of the answer instead. */
export function report(file: string, messages: readonly Message[]): void {
  if (!wantsJson()) for (const message of messages) tell(formatMessage(file, message));
}
