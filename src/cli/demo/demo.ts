/**
 * `postrider demo`: a newsletter, 200 subscribers and a realistic issue, sent into the built-in inbox by the real
 * program with its own data folder. Ignores DATABASE_URL, REDIS_URL and SMTP_URL.
 */

import { createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { importSubscribers } from '../../audience/import/import.ts';
import { createNewsletter, findNewsletter, newsletterView } from '../../audience/newsletters/newsletter.ts';
import { picturesBeside } from '../../authoring/pictures/beside.ts';
import { pictureWidth } from '../../authoring/pictures/width.ts';
import { prepareIssue } from '../../authoring/prepare-issue.ts';
import { openProgram, type Program } from '../../bootstrap.ts';
import type { Config } from '../../config/config.ts';
import { archiveUrl, issueLinks, subscribeUrl } from '../../consent/links.ts';
import { Refused } from '../../errors.ts';
import { diskFolders } from '../../io/files.ts';
import { findIssue } from '../../issue/find.ts';
import { readIssue } from '../../issue/read.ts';
import { byEditor } from '../../issue/reason.ts';
import { importIssue } from '../../issue/store.ts';
import { tally } from '../../ledger/counts.ts';
import { liveWorkers } from '../../ledger/workers/leases.ts';
import { pauseIssue } from '../../sends/pause.ts';
import { resetIssue } from '../../sends/resume-cancel.ts';
import { relayFor, startSending } from '../../sends/start.ts';
import { type IssueStatus, issueStatus } from '../../stats/status.ts';
import { readSource } from '../issue/read-source.ts';
import { tell } from '../output.ts';
import { aborted, stopController } from '../signals.ts';
import { stateStyled } from '../style.ts';
import { facts } from '../text.ts';
import { runRoles } from '../worker/roles.ts';
import { watchIssue } from '../worker/watch-issue.ts';
import { demoPeople } from './people.ts';

const READERS = 200;
const SLUG = 'demo';

export function demoCommand(root: Command, readSettings: () => Config): void {
  root
    .command('demo')
    .description('A newsletter, 200 subscribers, one real issue sent into the built-in inbox.')
    .option('--once', 'exit when the issue is sent')
    .option('--language <tag>', 'the sample issue: en or zh', 'en')
    .action((options) => demo(readSettings(), options));
}

async function demo(settings: Config, options: { once?: boolean; language: string }): Promise<void> {
  const config = await demoConfig(settings);
  const program = await openProgram(config, tell);
  const stop = stopController();
  try {
    await refuseSecond(program);
    await runRoles(program, { web: true, worker: true }, stop, async () => {
      const issueId = await startDemoIssue(program, options.language);
      const { status } = await watchIssue(program, issueId, stop.signal);
      await printSummary(program, issueId, status);
      if (options.once) {
        if (status.state !== 'sent' || status.counts.accepted !== status.counts.audience)
          process.exitCode = 1;
        stop.abort();
      } else {
        tell('\nLook around; press Ctrl-C to stop.');
        await aborted(stop.signal);
      }
    });
  } finally {
    await program.close();
  }
}

/** The settings of the embedded way, on a port that is free. */
async function demoConfig(settings: Config): Promise<Config> {
  const port = await freePort(settings.port);
  if (settings.port !== 0 && port !== settings.port)
    tell(`Port ${settings.port} is taken; the demo uses ${port}. Set PORT to choose another.`);
  return {
    ...settings,
    way: 'embedded',
    production: false,
    databaseUrl: null,
    redisUrl: null,
    relays: [],
    home: join(settings.home, 'demo'),
    secrets: null,
    host: '127.0.0.1',
    port,
    publicUrl: `http://localhost:${port}`,
    mediaUrl: null,
    logLevel: settings.logLevel === 'info' ? 'error' : settings.logLevel,
  };
}

async function freePort(wanted: number): Promise<number> {
  for (const port of [wanted, 0]) {
    const server = createServer();
    const got = await new Promise<number | null>((resolve) => {
      server.once('error', () => resolve(null));
      server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    await new Promise((resolve) => server.close(resolve));
    if (got !== null) return got;
  }
  return wanted;
}

/** A second demo would remove the issue and links of one that is still running. */
async function refuseSecond({ db, config }: Program): Promise<void> {
  if ((await liveWorkers(db)) > 0)
    throw new Refused(
      'demo-runs',
      `a demo is already running on the data in ${config.home}; stop it first (Ctrl-C; after a kill, wait half a minute), or give this one its own folder with POSTRIDER_HOME=/tmp/another`,
    );
}

/** Can run again: a rehearsal that was sent becomes a draft again. Returns the issue that was started. */
async function startDemoIssue(program: Program, language: string): Promise<number> {
  const newsletter = await demoNewsletter(program, language);
  const people = demoPeople(READERS).map((one) => `${one.email},${one.name},${one.language}\n`);
  const csv = Buffer.from(`email,name,language\n${people.join('')}`);
  await importSubscribers(program, [{ name: '', open: () => Readable.from([csv]) }], {
    newsletterId: newsletter.id,
    source: 'invented for the demo',
  });
  const file = sampleFile(program, language);
  const { text, folder } = await readSource(file);
  const document = readIssue(text, { file, language: newsletter.language });
  const maxWidth = pictureWidth(program.emails, newsletterView(newsletter));
  const before = await program.db
    .selectFrom('issues')
    .select('id')
    .where('newsletter_id', '=', newsletter.id)
    .where('slug', '=', 'issue-1')
    .executeTakeFirst();
  if (before) await resetEarlierDemo(program, before.id);
  const { id } = await importIssue(program.db, {
    newsletterId: newsletter.id,
    slug: 'issue-1',
    source: text,
    sourceName: file,
    document,
    media: (await picturesBeside(diskFolders, folder, document, { maxWidth })).media,
    archived: false,
    replace: true,
  });
  const found = await findIssue(program.db, String(id));
  const places = { publicUrl: program.config.publicUrl, mediaUrl: null, emails: program.emails };
  const { edition } = await prepareIssue(program.db, places, found);
  await startSending(program.db, program.wakeUps, program.log, {
    issueId: id,
    name: found.name,
    edition,
    relay: relayFor(program.relays, null),
  });
  return id;
}

/** Resets what an earlier demo left. A rehearsal can become a draft again once nothing of it is in transit. */
async function resetEarlierDemo(program: Program, issueId: number): Promise<void> {
  await pauseIssue(program.db, issueId, 'editor', byEditor('the demo starts over'));
  for (let left = 20; left > 0; left -= 1) {
    if ((await tally(program.db, issueId)).handing === 0) break;
    await program.clock.sleep(250);
  }
  const issue = await findIssue(program.db, String(issueId));
  if (issue.state !== 'draft') await resetIssue(program.db, issueId);
  // Otherwise the inbox would show the mails of both runs.
  await program.db.deleteFrom('inbox_mails').execute();
}

function sampleFile(program: Program, language: string): string {
  const path = `samples/weekly-${language === 'zh' ? 'zh' : 'en'}.md`;
  const file = program.emails.locate(path);
  if (file === null)
    throw new Refused('no-sample', `emails/${path}: there is no such file; reinstall Postrider`);
  return file;
}

async function demoNewsletter(program: Program, language: string) {
  const slug = language === 'zh' ? `${SLUG}-zh` : SLUG;
  const known = await program.db
    .selectFrom('newsletters')
    .select('id')
    .where('slug', '=', slug)
    .executeTakeFirst();
  if (known) return findNewsletter(program.db, slug);
  return createNewsletter(
    program.db,
    { emails: program.emails, relays: program.relays.map((r) => r.settings.name) },
    slug,
    {
      name: language === 'zh' ? 'Ferrykit 周刊' : 'Ferrykit Weekly',
      from: language === 'zh' ? 'Ferrykit 周刊 <weekly@example.org>' : 'Ferrykit Weekly <weekly@example.org>',
      language: language === 'zh' ? 'zh' : 'en',
      postalAddress: '1 Harbour Street, Exampletown 10000',
      description:
        language === 'zh'
          ? '读者提问、新版本，以及值得一读的文章。'
          : 'Questions from readers, new releases, and a few good reads.',
      frequency: language === 'zh' ? '每周五' : 'every Friday',
    },
  );
}

async function printSummary(program: Program, issueId: number, status: IssueStatus): Promise<void> {
  const { publicUrl } = program.config;
  const first = await program.db
    .selectFrom('deliveries as d')
    .innerJoin('subscribers as p', 'p.id', 'd.subscriber_id')
    .select([
      'd.issue_id as issueId',
      'd.id',
      'd.newsletter_id as newsletterId',
      'd.subscriber_id as subscriberId',
      'p.link_key as linkKey',
    ])
    .where('d.issue_id', '=', issueId)
    .orderBy('d.id')
    .executeTakeFirstOrThrow();
  const { unsubscribe } = issueLinks(program.keys, publicUrl, first, null);
  const now = await issueStatus(program.db, issueId);
  const counts = Object.entries(now.counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
  process.stdout.write(`${stateStyled(now.state)}: ${counts}\n`);
  const [slug, issue] = status.issue.split('/') as [string, string];
  process.stdout.write(
    `${facts([
      ['inbox', `${publicUrl}/inbox/`],
      ['archive', archiveUrl(publicUrl, slug, issue)],
      ['unsubscribe (of one reader)', unsubscribe ?? ''],
      ['subscribe', subscribeUrl(publicUrl, slug)],
      ['commands', `POSTRIDER_HOME=${program.config.home} postrider issue status ${status.issue}`],
    ])}\n`,
  );
}
