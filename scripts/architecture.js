/**
 * Draws the map in docs/architecture.md from the imports of the code: `npm run architecture` renews it,
 * `--check` only says whether it is up to date. A part that imports another points to it. An arrow that follows from
 * two others is left out, so the map shows the order in which the parts build on each other.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const PAGE = 'docs/architecture.md';
const BEGIN = '<!-- map: drawn by npm run architecture -->';
const END = '<!-- end of the map -->';

/** What each part is for. A new folder of `src` needs its line here. */
const PARTS = {
  cli: 'the command line',
  web: 'the process that serves pages',
  workers: 'the process that sends: handles wake-ups',
  http: 'public pages, built-in inbox, preview',
  bootstrap: 'opens the parts from the settings',
  config: 'environment to checked settings',
  io: 'queue, SMTP, clock, log, files, downloads',
  doctor: 'what is wrong around us: DNS, relay, proxy, clock',
  delivery: 'batches, relays, throttles, housekeeping',
  feedback: 'bounces, complaints and events: to outcomes and suppressions',
  sends: 'start, pause, resume, finish: the state of an issue',
  authoring: 'check, render, import a file for a person',
  stats: 'the numbers of an issue',
  audience: 'newsletters, subscribers, import, export',
  consent: 'subscribe, confirm, unsubscribe, suppress',
  checks: 'what is wrong with an issue',
  render: 'document to edition to message',
  ledger: 'deliveries: plan, lease, mark and settle',
  segment: 'an expression to a condition on readers',
  issue: 'Markdown to document',
  db: 'connection, schema, migrations',
};

/** Known to every part, or to the start of a process only; arrows to them would say nothing. */
const LEFT_OUT = ['errors', 'ports', 'heap'];

/** Systems outside, by the package that talks to them. */
const OUTSIDE = { pg: 'PostgreSQL', bullmq: 'Redis or PostgreSQL as queue', nodemailer: 'SMTP relay' };

/** @type {(file: string) => string} `src/consent/keys.ts` -> `consent` */
function partOf(file) {
  const [top = '', name = ''] = file.split('/');
  return top === 'workers' ? top : name.replace(/\.ts$/, '');
}

function readImports() {
  const files = ['src', 'workers'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  return files.flatMap((file) => {
    const found = readFileSync(file, 'utf8').matchAll(/(?:from|import\(|^import) ?'([^']+)'/gm);
    return [...found].map(([, from = '']) => ({ part: partOf(file), from: locate(file, from) }));
  });
}

/** @type {(file: string, from: string) => string} */
const locate = (file, from) => (from.startsWith('.') ? normalize(join(dirname(file), from)) : from);

/** @typedef {Map<string, Set<string>>} Arrows */

/** @type {(imports: ReturnType<typeof readImports>) => Arrows} */
function arrowsBetweenParts(imports) {
  /** @type {Arrows} */
  const arrows = new Map();
  for (const { part, from } of imports) {
    const used = partOf(from);
    if (!from.endsWith('.ts') || used === part || [part, used].some((one) => LEFT_OUT.includes(one)))
      continue;
    if (!(part in PARTS)) throw new Error(`${part} has no line in PARTS of scripts/architecture.js`);
    arrows.set(part, (arrows.get(part) ?? new Set()).add(used));
  }
  return arrows;
}

/** @type {(arrows: Arrows, from: string, to: string) => boolean} */
const leads = (arrows, from, to) =>
  [...(arrows.get(from) ?? [])].some((next) => next === to || leads(arrows, next, to));

/** @type {(arrows: Arrows, from: string, to: string) => boolean} */
const followsFromOthers = (arrows, from, to) =>
  [...(arrows.get(from) ?? [])].some((next) => next !== to && leads(arrows, next, to));

function draw() {
  const imports = readImports();
  const arrows = arrowsBetweenParts(imports);
  const lines = ['```mermaid', 'flowchart TB'];
  for (const [part, what] of Object.entries(PARTS)) lines.push(`  ${part}["<b>${part}</b><br/>${what}"]`);
  for (const from of Object.keys(PARTS)) {
    const shown = [...(arrows.get(from) ?? [])].filter((to) => !followsFromOthers(arrows, from, to)).sort();
    if (shown.length > 0) lines.push(`  ${from} --> ${shown.join(' & ')}`);
  }
  for (const [library, system] of Object.entries(OUTSIDE)) {
    const users = Object.keys(PARTS).filter((part) =>
      imports.some((one) => one.part === part && one.from.split('/')[0] === library),
    );
    const reached = users.includes('db') ? ['db'] : users;
    lines.push(`  ${reached.join(' & ')} -.-> ${library}(("${system}"))`);
  }
  return [...lines, '```'].join('\n');
}

const page = readFileSync(PAGE, 'utf8');
const [before, rest] = page.split(BEGIN);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined)
  throw new Error(`${PAGE} has no place for the map: ${BEGIN} ... ${END}`);
const renewed = `${before}${BEGIN}\n\n${draw()}\n\n${END}${after}`;
if (!process.argv.includes('--check')) writeFileSync(PAGE, renewed);
else if (renewed !== page) {
  console.error(`${PAGE} differs from the code: run \`npm run architecture\``);
  process.exitCode = 1;
}
