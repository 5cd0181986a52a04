/** One line of a Postfix log: its time, and what it says about a message in the queue. */

export interface LogLine {
  /** Null when the line has no readable time. */
  at: Date | null;
  /** `cleanup`, `qmgr`, `smtpd`, ... */
  service: string;
  pid: string;
  /** What follows the program's name. */
  text: string;
}

/** A time without a year is in the latest year that puts it no more than a day in the future. */
const A_DAY_MS = 86_400_000;

/** `postfix/cleanup[30971]: `, of a second instance `postfix-out/cleanup[30971]: `, with a prefix `postfix/submission/smtpd[30969]: ` */
const PROGRAM = /^postfix[\w.-]*\/(?:[\w.-]+\/)*([\w-]+)\[(\d+)\]: (.*)$/;

const FORMS: readonly { moment: RegExp; read: (found: RegExpExecArray, now: Date) => Date }[] = [
  {
    // rsyslog, and journalctl -o short-iso:
    // 2026-11-23T18:31:54.297161+00:00 relay postfix/cleanup[30971]: 297AA98804D: message-id=<7.123.abcd1234@example.org>
    // 2026-11-23T18:31:54+0000 relay postfix/cleanup[30971]: 297AA98804D: message-id=<7.123.abcd1234@example.org>
    moment: /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d) \S+ /,
    read: ([, moment, offset = '']) => new Date(`${moment}${offset.replace(/^(...)(\d\d)$/, '$1:$2')}`),
  },
  {
    // syslog, and Postfix's own postlogd:
    // Nov 23 18:31:54 relay postfix/cleanup[30971]: 297AA98804D: message-id=<7.123.abcd1234@example.org>
    moment: /^([A-Z][a-z]{2} [ \d]\d) (\d\d:\d\d:\d\d) \S+ /,
    read: ([, day, clock], now) => withoutYear(`${day}`, `${clock}`, now),
  },
  {
    // journalctl -o short-full:
    // Mon 2026-11-23 18:31:54 UTC relay postfix/cleanup[30971]: 297AA98804D: message-id=<7.123.abcd1234@example.org>
    moment: /^[A-Z][a-z]{2} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? (UTC|\S+) \S+ /,
    read: ([, day, clock, zone]) => new Date(`${day}T${clock}${zone === 'UTC' ? 'Z' : ''}`),
  },
];

/** Null for a line that is not Postfix's. A time without a zone is in this machine's. */
export function readLine(line: string, now: Date): LogLine | null {
  if (line.startsWith('{')) return readEntry(line);
  for (const { moment, read } of FORMS) {
    const found = moment.exec(line);
    if (!found) continue;
    const program = PROGRAM.exec(line.slice(found[0].length));
    return (
      program && { at: dated(read(found, now)), service: program[1]!, pid: program[2]!, text: program[3]! }
    );
  }
  return null;
}

/**
 * journalctl -o json:
 * {"__REALTIME_TIMESTAMP":"1795458714297161","SYSLOG_IDENTIFIER":"postfix/cleanup","SYSLOG_PID":"30971","MESSAGE":"297AA98804D: message-id=<7.123.abcd1234@example.org>"}
 */
function readEntry(line: string): LogLine | null {
  let entry: Partial<
    Record<'__REALTIME_TIMESTAMP' | 'SYSLOG_IDENTIFIER' | 'SYSLOG_PID' | 'MESSAGE', unknown>
  >;
  try {
    entry = JSON.parse(line);
  } catch {
    return null;
  }
  const program = PROGRAM.exec(`${entry.SYSLOG_IDENTIFIER}[${entry.SYSLOG_PID}]: ${entry.MESSAGE}`);
  return (
    program && {
      at: dated(new Date(Number(entry.__REALTIME_TIMESTAMP) / 1_000)),
      service: program[1]!,
      pid: program[2]!,
      text: program[3]!,
    }
  );
}

function withoutYear(day: string, clock: string, now: Date): Date {
  const year = now.getFullYear();
  const [next, this_, last] = [year + 1, year, year - 1].map((one) => new Date(`${day} ${one} ${clock}`));
  const late = now.getTime() + A_DAY_MS;
  return [next!, this_!].find((date) => date.getTime() <= late) ?? last!;
}

const dated = (date: Date): Date | null => (Number.isNaN(date.getTime()) ? null : date);
