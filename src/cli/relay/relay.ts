/** `postrider relay list|set|test`: the relays of SMTP_URL, their limits and state. */
import type { Command } from 'commander';
import { termNames } from '../../config/relay-terms.ts';
import type { OpenContext } from '../context.ts';

const json = ['--json', 'one JSON value on standard output'] as const;

const TERMS: Readonly<Record<(typeof termNames)[number], string>> = {
  rate: '<n>             messages per second, over all processes',
  minute: '<n>           messages in any minute',
  hour: '<n>             messages in any hour',
  day: '<n>              messages in any 24 hours',
  connections: '<n>      connections over all processes',
  messages: '<n>         messages over one connection',
  weight: "<n>           its share beside a newsletter's other relays",
  direct: '<yes|no>      it delivers to the providers itself: lanes start with limits',
};

export function relayCommands(root: Command, open: OpenContext): void {
  const relay = root.command('relay').description('Relays: the SMTP servers that take the mails.');
  relay
    .command('list')
    .description('Lists every relay with its limits, their use, and its state.')
    .option(...json)
    .action(async () => (await import('./list.ts')).list(open));
  const set = relay
    .command('set <name>')
    .description('Changes the limits of a relay while Postrider runs. 0: no limit. "": as in SMTP_URL.');
  for (const name of termNames) {
    const [value = '', ...what] = TERMS[name].split(/ {2,}/);
    set.option(`--${name} ${value}`, what.join(' '));
  }
  set
    .option(
      '--warm-up <steps>',
      'growing number of messages per day: 50,100,500,1000 or 200x2 (doubles daily); off ends it',
    )
    .option('--warm-up-start <day>', 'the day of the first step, e.g. 2026-11-20 (default: the first use)')
    .option(
      '--rest <off>',
      'off ends a rest: the relay gets mail again, for example after you bought a larger quota',
    )
    .option(...json)
    .action(async (name: string, options: Record<string, string>) =>
      (await import('./set.ts')).set(open, name, options),
    );
  relay
    .command('test <name> [address]')
    .description(
      'Connects, starts TLS, logs in, tries MAIL and RCPT, and reports what it found; with an address it sends one test message.',
    )
    .option('--from <address>', 'the sender (default: that of the first newsletter)')
    .option(...json)
    .action(async (name: string, address: string | undefined, options: { from?: string }) =>
      (await import('./test.ts')).tryRelay(open, name, address ?? null, options.from ?? null),
    );
}
