/** pino, with what must never be logged taken out even where somebody forgets. */
import { type DestinationStream, pino } from 'pino';
import type { Log } from '../ports.ts';

const secret = ['email', 'address', 'token', 'pass', 'password', 'secret', 'authorization', 'html', 'text'];

export function openLog(level: string, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secret.flatMap((name) => [name, `*.${name}`]), censor: '[hidden]' },
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
}
