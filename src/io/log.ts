/** pino. Fields that must never be logged are redacted, in case somebody passes them by mistake. */
import { type DestinationStream, pino } from 'pino';
import type { Log } from '../ports.ts';

const REDACTED = ['email', 'address', 'token', 'pass', 'password', 'secret', 'authorization', 'html', 'text'];

export function openLog(level: string, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: '[hidden]' },
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
}
