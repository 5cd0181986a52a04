/** Examples in the help of the commands that people use first. A test checks that Commander still parses each. */
import type { Command } from 'commander';

export const examples: Readonly<Record<string, readonly string[]>> = {
  'newsletter create': [
    'postrider newsletter create --slug weekly --name "Harbour Weekly" --from "Harbour Weekly <news@example.org>" --language en --timezone Europe/Berlin --postal-address "1 Harbour Street, 10000 Exampletown"',
  ],
  'newsletter set': ['postrider newsletter set weekly --theme quiet --archive unlisted'],
  'issue check': [
    'postrider issue check 2026-42.md',
    'postrider issue check content/weekly/42/index.md --newsletter weekly --online',
  ],
  'issue preview': ['postrider issue preview 2026-42.md --newsletter weekly'],
  'issue render': ['postrider issue render 2026-42.md --out rendered'],
  'issue import': [
    'postrider issue import 2026-42.md --newsletter weekly',
    'postrider issue import old/*.md --newsletter weekly --archived',
  ],
  'issue correct': [
    'postrider issue correct 2026-42.md --newsletter weekly --note "The tower opens at ten, not at nine."',
  ],
  'issue test': ['postrider issue test weekly/2026-42 me@example.org'],
  'issue send': [
    'postrider issue send weekly/2026-42 --dry-run',
    'postrider issue send weekly/2026-42 --wait',
    'postrider issue send weekly/2026-42 --segment "city = Berlin and not tag guest"',
    'postrider issue send weekly/2026-42 --at 2026-12-04T08:00 --canary 5%',
  ],
  'issue deliveries': ['postrider issue deliveries weekly/2026-42 --outcome unknown'],
  'issue reconcile': ['postrider issue reconcile weekly/2026-42 --relay-log /var/log/mail.log'],
  'subscriber add': ['postrider subscriber add ann@example.org --newsletter weekly --name Ann'],
  'subscriber import': [
    'postrider subscriber import readers.csv --newsletter weekly --confirmed --source "moved from our old list" --dry-run',
  ],
  'subscriber show': ['postrider subscriber show ann@example.org'],
  doctor: [
    'postrider doctor',
    'postrider doctor --newsletter weekly --address 192.0.2.25 --resolver 192.0.2.53:53',
  ],
  'relay test': ['postrider relay test smtp.example.org me@example.org'],
  'relay set': ['postrider relay set smtp.example.org --hour 500'],
  'feedback ingest': ['postrider feedback ingest Maildir', 'postrider feedback ingest bounce.eml --json'],
  'feedback key create': [
    'postrider feedback key create --provider postmark',
    'postrider feedback key create --provider ses --topic arn:aws:sns:eu-west-1:123456789012:postrider',
  ],
  'lane set': ['postrider lane set google --connections 2'],
  'theme new': ['postrider theme new harbour'],
};

/** Adds them to the loaded commands below `root`. */
export function addExamples(root: Command): void {
  for (const [path, lines] of Object.entries(examples)) {
    const command = commandAt(root, path);
    command?.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }
}

export function commandAt(root: Command, path: string): Command | undefined {
  return path
    .split(' ')
    .reduce<Command | undefined>(
      (found, name) => found?.commands.find((command) => command.name() === name),
      root,
    );
}
