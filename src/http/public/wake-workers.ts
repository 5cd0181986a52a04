/** Wakes workers after a service mail was planned. */
import { SERVICE, SERVICE_LANE } from '../../ledger/service-mail.ts';
import type { WebParts } from '../parts.ts';

/**
 * Not awaited: the mail is in the ledger, and housekeeping wakes workers for whatever was missed. It sends both turns,
 * since a worker may be handling one of them and have read the ledger already.
 */
export function wakeWorkers(parts: Pick<WebParts, 'wake' | 'log'>): void {
  const wakeUp = { v: 1, issue: SERVICE, lane: SERVICE_LANE, slot: 0 } as const;
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
