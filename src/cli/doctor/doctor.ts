/** `postrider doctor`: looks at everything around Postrider that mail depends on, and says what to change where. */
import type { Command } from 'commander';
import { openProgram, type Program } from '../../bootstrap.ts';
import type { Config } from '../../config/config.ts';
import { error, LEVELS } from '../../doctor/check/check.ts';
import { type CheckedFinding, runChecks } from '../../doctor/check/run-checks.ts';
import { zoneLine } from '../../doctor/dns/record.ts';
import { doctorChecks } from '../../doctor/doctor.ts';
import { BadSettings } from '../../errors.ts';
import { explain } from '../failures.ts';
import { out, tell } from '../output.ts';
import { type DoctorOptions, type GivenOptions, readDoctorOptions } from './options.ts';
import { reportText } from './report.ts';
import { situationOf } from './situation.ts';

export function doctorCommand(root: Command, readSettings: () => Config): void {
  root
    .command('doctor')
    .description(
      'Checks what mail depends on: SPF, DKIM, DMARC, PTR, MX, relay, PUBLIC_URL, proxy, clock, database, queue and settings. Changes and sends nothing.',
    )
    .option('--newsletter <slug>', "only this newsletter's sender")
    .option('--address <ip...>', 'an address that your mail goes out from; may be repeated')
    .option('--resolver <host:port>', "ask this name server (default: the system's)")
    .option('--time-source <url>', 'compare the clock with the Date header of this address too')
    .option('--json', 'one JSON value on standard output')
    .action((given: GivenOptions) => doctor(readSettings, readDoctorOptions(given)));
}

async function doctor(readSettings: () => Config, options: DoctorOptions): Promise<void> {
  const findings = await examine(readSettings, options);
  const counts = Object.fromEntries(
    LEVELS.map((level) => [level, findings.filter((finding) => finding.level === level).length]),
  );
  const healthy = counts.error === 0;
  out({ ok: healthy, counts, findings: findings.map(withZoneLine) }, reportText(findings));
  if (!healthy) process.exitCode = 1;
}

/** A record as fields, and as the line of a zone file. */
const withZoneLine = (finding: CheckedFinding) => ({
  ...finding,
  record: finding.record && { ...finding.record, line: zoneLine(finding.record) },
});

async function examine(readSettings: () => Config, options: DoctorOptions): Promise<CheckedFinding[]> {
  let config: Config;
  try {
    config = readSettings();
  } catch (cause) {
    if (cause instanceof BadSettings) return cause.faults.map(wrongSetting);
    throw cause;
  }
  const opened = await openProgram(config, tell).catch((cause: unknown) => explain(cause));
  const program = typeof opened === 'string' ? null : opened;
  try {
    const found = await runChecks(doctorChecks, await situationOf(config, program, options));
    return typeof opened === 'string' ? [notOpened(opened), ...found] : found;
  } finally {
    if (program) await closeSoon(program);
  }
}

/** `SMTP_URL: expected ..., found ...` */
function wrongSetting(fault: string): CheckedFinding {
  const [, subject = 'settings', text = fault] = /^(\w+): (.*)$/s.exec(fault) ?? [];
  const [, expected = 'a valid setting', found = text] = /^expected (.*), found (.*)$/s.exec(text) ?? [];
  const change = `correct ${subject}; nothing else can be checked before (docs/settings.md)`;
  return { check: 'settings', ...error({ subject, expected, found, change }) };
}

const notOpened = (why: string): CheckedFinding => ({
  check: 'database',
  ...error({
    subject: 'start',
    expected: 'Postrider opens its database and its secret',
    found: why,
    change: 'do what it says',
  }),
});

const CLOSE_MS = 2_000;

/** What hangs must not keep an answer back that we have. */
async function closeSoon(program: Program): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_MS);
  });
  await Promise.race([program.close().catch(() => {}), late]);
  clearTimeout(timer);
}
