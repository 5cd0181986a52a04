/**
 * How long it takes to make an edition, beside the MJML compiler alone on the same MJML (hold: 1.5 times):
 * `npx tsc -p tests/bench && node dist-bench/tests/bench/edition.js [FILE...]`, from the project's folder.
 * Processor time, so that other programs on the machine do not count; medians of runs taken in turns.
 */
import { existsSync, readFileSync } from 'node:fs';
import mjml2html from 'mjml';
import { readIssue } from '../../src/issue/read.ts';
import type { NewsletterView } from '../../src/render/edition/newsletter-view.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';

const RUNS = 5;
/** Rounds that do not count. */
const WARM_UP = 3;
/** Calls of each kind in a round. */
const TIMES = 12;

const newsletter: NewsletterView = {
  slug: 'weekly',
  name: 'Weekly',
  from: { name: 'Weekly', address: 'news@example.org' },
  replyTo: null,
  language: 'zh',
  theme: 'default',
  colors: {},
  logo: null,
  postalAddress: '1 Harbour Road, 20457 Port',
  baseUrl: 'https://www.example.org/',
  archive: 'public',
};
const issue = { slug: 'x', archiveUrl: 'https://example.org/archive/weekly/x' };
const renderContext = { newsletter, issue, publicUrl: 'https://example.org', emails: new EmailFiles() };

/** As src/render/mjml/compile.ts has them. */
const OPTIONS = {
  fonts: {},
  ignoreIncludes: true,
  juiceOptions: { applyHeightAttributes: false },
  keepComments: false,
  validationLevel: 'strict',
} as const;

/** Milliseconds of processor time of one call. */
async function cost(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  for (let time = 0; time < TIMES; time++) await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / TIMES;
}

/** The median, rounded. */
const middle = (values: number[]): number =>
  Math.round(values.toSorted((a, b) => a - b)[values.length >> 1]! * 100) / 100;

async function measure(file: string) {
  const source = readFileSync(file, 'utf8');
  const document = readIssue(source, { file });
  const { mjml } = await renderIssue(document, renderContext);
  const rounds: { read: number; render: number; alone: number }[] = [];
  for (let run = -WARM_UP; run < RUNS; run++) {
    const read = await cost(() => readIssue(source, { file }));
    const render = await cost(() => renderIssue(document, renderContext));
    const alone = await cost(() => mjml2html(mjml, OPTIONS));
    if (run >= 0) rounds.push({ read, render, alone });
  }
  return {
    file,
    mjmlBytes: Buffer.byteLength(mjml),
    readMs: middle(rounds.map(({ read }) => read)),
    renderMs: middle(rounds.map(({ render }) => render)),
    mjmlMs: middle(rounds.map(({ alone }) => alone)),
    documentToEdition: middle(rounds.map(({ render, alone }) => render / alone)),
    issueToEdition: middle(rounds.map(({ read, render, alone }) => (read + render) / alone)),
  };
}

const usual = ['../shared/corpus/seed-sofa-weekly-2022-08-05.md', 'emails/samples/weekly-en.md'];
const given = process.argv.slice(2);
for (const file of given.length > 0 ? given : usual.filter((each) => existsSync(each)))
  process.stdout.write(`${JSON.stringify(await measure(file))}\n`);
