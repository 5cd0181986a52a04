/** `postrider newsletter create|set|show|list`. */
import { type Command, Option } from 'commander';
import { mailboxText } from '../audience/fields/mailbox.ts';
import { colorNames } from '../audience/newsletters/colors.ts';
import { formSnippet } from '../audience/newsletters/form-snippet.ts';
import {
  createNewsletter,
  findNewsletter,
  listNewsletters,
  type Newsletter,
  setNewsletter,
} from '../audience/newsletters/newsletter.ts';
import type { NewsletterTexts } from '../audience/newsletters/texts.ts';
import { countSubscriptions } from '../audience/subscriber.ts';
import type { Program } from '../bootstrap.ts';
import { Usage } from '../errors.ts';
import type { OpenContext } from './context.ts';
import { facts, table } from './text.ts';

type Options = Record<string, string | string[] | boolean | undefined>;

export function newsletterCommands(root: Command, open: OpenContext): void {
  const newsletter = root.command('newsletter').description('Newsletters: what people subscribe to.');
  withFields(newsletter.command('create'))
    .description('Makes a newsletter. Needs --slug, --name and --from.')
    .requiredOption('--slug <slug>', 'short name for addresses, e.g. weekly; stays as it is')
    .action((options: Options) => create(open, options));
  withFields(newsletter.command('set <slug>'))
    .description('Changes the given fields. An empty value ("") removes an optional one.')
    .action((slug: string, options: Options) => set(open, slug, options));
  newsletter
    .command('show <slug>')
    .description('Everything about one newsletter, including how many people read it.')
    .option('--json', JSON_HELP)
    .action((slug: string) => show(open, slug));
  newsletter
    .command('form <slugs...>')
    .description(
      'Prints a form for your own site, as HTML without scripts: for one newsletter, or for several.',
    )
    .option('--json', JSON_HELP)
    .action((slugs: string[]) => form(open, slugs));
  newsletter
    .command('list')
    .description('All newsletters.')
    .option('--json', JSON_HELP)
    .action(() => list(open));
}

const JSON_HELP = 'one JSON value on standard output';

function withFields(command: Command): Command {
  command
    .option('--name <name>', 'as readers see it')
    .option('--from <mailbox>', 'the sender: "Weekly <news@example.org>"')
    .option('--reply-to <mailbox>', 'where replies go, if not to the sender')
    .option('--language <tag>', 'of pages and mails: en, zh, ... (default: en)')
    .option('--timezone <zone>', 'for --at without an offset, e.g. Asia/Shanghai (default: UTC)')
    .option('--theme <name>', 'a folder of emails/themes (default: default)')
    .option('--logo <url>', 'a picture in place of the name')
    .option('--postal-address <text>', 'shown in the footer of every issue; many laws require it')
    .option('--description <text>', 'what it is about, for the page where people subscribe')
    .option('--frequency <text>', 'how often it comes, for that page: "every Monday"')
    .option('--privacy-url <url>', 'your privacy policy, linked from that page')
    .option('--base-url <url>', 'what relative links of an issue resolve against')
    .option('--relay <names>', 'for its issues: main, or several with weights: main:3,backup:1')
    .option('--quiet <times>', 'hand nothing over at these local times: 22:00-07:00')
    .option('--quiet-zone <whose>', 'whose clock counts: newsletter or reader (default: newsletter)')
    .option(
      '--breaker <percent>',
      'a send pauses itself when more are refused or bounce; off: never (default: 10)',
    )
    .option('--breaker-complaints <percent>', 'the same for complaints (default: 0.5)')
    .option('--breaker-sample <n>', 'out of at least this many (default: 200)')
    .option('--archive <who>', 'public, unlisted or off (default: public)')
    .option('--signup <who>', 'open or closed (default: open)')
    .option('--images <how>', 'mirror or link (default: mirror)')
    .option(
      '--on-unknown <policy>',
      'what happens to deliveries whose outcome is unknown: hold or resend (default: hold)',
    )
    .option(
      '--keep-ledger <days>',
      'how long the ledger of a sent issue names people, such as 90d, or forever; then it is compacted to counts (default: 400d)',
    )
    .option('--welcome <on|off>', 'a mail to new readers (default: off)')
    .option('--welcome-text <text>', 'a paragraph of your own in that mail')
    .option(
      '--latest-issue <on|off>',
      'who confirms from now on gets the latest issue at once (default: off)',
    )
    .option('--site <url...>', 'sites whose scripts may subscribe people (CORS): https://blog.example.org')
    .option('--disposable <how>', 'addresses that exist for minutes: allow or refuse (default: allow)')
    .option('--proof <on|off>', 'forms need a proof of work by the browser, against floods (default: off)')
    .option('--legal-profile <country...>', 'whose law applies: us, ca, eu, cn (default: not stated)')
    .option('--editor <address...>', 'who reviews and gets test mails')
    .option('--json', JSON_HELP);
  for (const [name, what] of Object.entries(colorNames)) {
    command.option(`--color.${name} <#rrggbb>`, `colour: ${what}`);
    command.addOption(new Option(`--color.dark.${name} <#rrggbb>`).hideHelp());
  }
  return command.addHelpText('after', '\nEvery colour also for dark mode: --color.dark.accent "#8db1ff".');
}

async function create(open: OpenContext, options: Options): Promise<void> {
  const missing = ['name', 'from'].filter((name) => options[name] === undefined);
  if (missing.length > 0)
    throw new Usage(`newsletter create needs ${missing.map((name) => `--${name}`).join(' and ')} as well`);
  const context = await open();
  const { program } = context;
  const made = await createNewsletter(
    program.db,
    emailsAndRelays(program),
    String(options.slug),
    texts(options),
  );
  context.out({ newsletter: made.slug }, `made newsletter ${made.slug}\n\n${described(made)}`);
}

async function set(open: OpenContext, slug: string, options: Options): Promise<void> {
  const { program, out } = await open();
  const now = await setNewsletter(program.db, emailsAndRelays(program), slug, texts(options));
  out({ newsletter: now.slug }, described(now));
}

async function show(open: OpenContext, slug: string): Promise<void> {
  const { program, out } = await open();
  const found = await findNewsletter(program.db, slug);
  const people = await countSubscriptions(program.db, found.id);
  const counts = Object.entries(people).map(([state, n]): [string, string] => [state, String(n)]);
  out({ ...forMachines(found), subscriptions: people }, facts([...factsOf(found), ...counts]));
}

async function form(open: OpenContext, slugs: readonly string[]): Promise<void> {
  const { program, out } = await open();
  const newsletters: Newsletter[] = [];
  for (const slug of slugs) newsletters.push(await findNewsletter(program.db, slug));
  const html = formSnippet(program.emails, program.config.publicUrl, newsletters);
  out({ html }, html.trimEnd());
}

async function list(open: OpenContext): Promise<void> {
  const { program, out } = await open();
  const all = await listNewsletters(program.db);
  const rows = all.map((one) => [one.slug, one.name, mailboxText(one.from), one.language, one.signup]);
  out(
    all.map(forMachines),
    all.length === 0
      ? 'No newsletter yet. Make one: postrider newsletter create --slug weekly --name "Weekly" --from "Weekly <news@example.org>"'
      : table(['slug', 'name', 'from', 'language', 'signup'], rows),
  );
}

function emailsAndRelays(program: Program) {
  return { emails: program.emails, relays: program.relays.map((relay) => relay.settings.name) };
}

/** Commander keeps dots in names: `--color.dark.accent` arrives as `color.dark.accent`. */
function texts(options: Options): NewsletterTexts {
  const { editor, ...rest } = options;
  const colors = Object.entries(options).filter(([name]) => name.startsWith('color.'));
  return {
    ...(rest as NewsletterTexts),
    ...(Array.isArray(editor) && { editors: editor }),
    ...(colors.length > 0 && {
      colors: Object.fromEntries(colors.map(([name, value]) => [name.slice('color.'.length), String(value)])),
    }),
  };
}

function forMachines({ id: _, slug, from, replyTo, ...rest }: Newsletter) {
  return {
    newsletter: slug,
    ...rest,
    from: mailboxText(from),
    replyTo: replyTo === null ? null : mailboxText(replyTo),
  };
}

/** Facts under the names of the options that set them. */
function described(newsletter: Newsletter): string {
  return facts(factsOf(newsletter));
}

function factsOf(newsletter: Newsletter): [name: string, value: string][] {
  const {
    newsletter: slug,
    name,
    from,
    colors,
    editors,
    sites,
    legalProfile,
    ...rest
  } = forMachines(newsletter);
  const overrides = Object.entries(colors).map(([color, value]) => `${color} ${value}`);
  const option = (field: string) => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const others = Object.entries(rest).map(([field, value]) => [option(field), value] as const);
  return [
    ['slug', slug],
    ['name', name],
    ['from', from],
    ...others.map(([field, value]): [string, string] => [field, String(value || '-')]),
    ['colors', overrides.join(', ') || '-'],
    ['legal-profile', legalProfile.join(', ') || '-'],
    ['site', sites.join(', ') || '-'],
    ['editors', editors.join(', ') || '-'],
  ];
}
