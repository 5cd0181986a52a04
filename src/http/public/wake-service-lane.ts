/** Wakes workers for a service mail that was planned. */
import { SERVICE } from '../../ledger/service-mail.ts';
import type { WebParts } from '../parts.ts';

/**
 * Not awaited: the mail is in the ledger, and housekeeping wakes workers for whatever was missed. It sends both turns,
 * since a worker may be handling one of them and have read the ledger already.
 */
export function wakeServiceLane(parts: WebParts, lane: string): void {
  const wakeUp = { v: 1, issue: SERVICE, lane, slot: 0 } as const;
  parts
    .wake([
      { ...wakeUp, turn: 'a' },
      { ...wakeUp, turn: 'b' },
    ])
    .catch((error: Error) =>
      parts.log.warn(
        { error: error.name },
        'the workers could not be woken for a service mail; housekeeping will wake them',
      ),
    );
}
