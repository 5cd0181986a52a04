/**
 * How long it takes to make an edition, beside the MJML compiler alone on the same MJML (issue 4, section 6: at most
 * 1.5 times): `npx tsc -p tests/bench && node dist-bench/tests/bench/edition.js [FILE...]`, from the project's folder.
 * Processor time, so that other programs on the machine do not count; the median of pairs of runs taken in turns.
 */
import { existsSync, readFileSync } from 'node:fs';
import { readIssue } from '../../src/issue/read.ts';
import { EmailFiles } from '../../src/render/emails.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { compileMjml } from '../../src/render/mjml.ts';
import type { NewsletterView } from '../../src/render/newsletter-view.ts';

const RUNS = 5;
const WARM_UP = 3;
const TIMES = 12;

const emails = new EmailFiles();
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
const place = { slug: 'x', archiveUrl: 'https://example.org/archive/weekly/x' };
const around = { newsletter, issue: place, publicUrl: 'https://example.org', emails };
const measured = ['../shared/corpus/seed-sofa-weekly-2022-08-05.md', 'emails/samples/weekly-en.md'];
const given = process.argv.slice(2);
const files = (given.length > 0 ? given : measured).filter((file) => existsSync(file));

async function measure(file: string) {
  const source = readFileSync(file, 'utf8');
  const document = readIssue(source, { file });
  const { mjml } = await renderIssue(document, around);
  const reading = async () => readIssue(source, { file });
  const rendering = () => renderIssue(document, around);
  const alone = () => compileMjml(mjml);
  const rounds: [number, number, number][] = [];
  // The first rounds warm up and do not count.
  for (let run = -WARM_UP; run < RUNS; run++) {
    const round: [number, number, number] = [await cost(reading), await cost(rendering), await cost(alone)];
    if (run >= 0) rounds.push(round);
  }
  return {
    file,
    mjmlBytes: Buffer.byteLength(mjml),
    readingMs: middle(rounds.map(([read]) => read)),
    renderingMs: middle(rounds.map(([, render]) => render)),
    mjmlMs: middle(rounds.map(([, , mjmlAlone]) => mjmlAlone)),
    documentToEdition: middle(rounds.map(([, render, mjmlAlone]) => render / mjmlAlone)),
    issueToEdition: middle(rounds.map(([read, render, mjmlAlone]) => (read + render) / mjmlAlone)),
  };
}

/** Milliseconds of processor time of one call. */
async function cost(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  for (let time = 0; time < TIMES; time++) await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / TIMES;
}

/** The median, rounded. */
const middle = (values: number[]): number =>
  Math.round(values.toSorted((a, b) => a - b)[values.length >> 1]! * 100) / 100;

const measured = ['../shared/corpus/seed-sofa-weekly-2022-08-05.md', 'emails/samples/weekly-en.md'];
const given = process.argv.slice(2);
const files = (given.length > 0 ? given : measured).filter((file) => existsSync(file));

async function measure(file: string) {
  const source = readFileSync(file, 'utf8');
  const document = readIssue(source, { file });
  const { mjml } = await renderIssue(document, around);
  const reading = async () => readIssue(source, { file });
  const rendering = () => renderIssue(document, around);
  const alone = () => compileMjml(mjml);
  const rounds: [number, number, number][] = [];
  // The first rounds warm up and do not count.
  for (let run = -WARM_UP; run < RUNS; run++) {
    const round: [number, number, number] = [await cost(reading), await cost(rendering), await cost(alone)];
    if (run >= 0) rounds.push(round);
  }
  return {
    file,
    mjmlBytes: Buffer.byteLength(mjml),
    readingMs: middle(rounds.map(([read]) => read)),
    renderingMs: middle(rounds.map(([, render]) => render)),
    mjmlMs: middle(rounds.map(([, , mjmlAlone]) => mjmlAlone)),
    documentToEdition: middle(rounds.map(([, render, mjmlAlone]) => render / mjmlAlone)),
    issueToEdition: middle(rounds.map(([read, render, mjmlAlone]) => (read + render) / mjmlAlone)),
  };
}

/** Milliseconds of processor time of one call. */
async function cost(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  for (let time = 0; time < TIMES; time++) await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / TIMES;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const round = (value: number): number => Math.round(value * 100) / 100;

for (const file of files) process.stdout.write(`${JSON.stringify(await measure(file))}\n`);
