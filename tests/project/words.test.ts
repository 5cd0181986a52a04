/**
 * One word means one thing: what a thing is called is in docs/glossary.md. The words below had another name for it
 * once and must not come back.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../helpers/processes.ts';

/** Refused in any text, code or prose: the word and what to say instead. */
const RETIRED: Record<string, string> = {
  'bells?': 'wake-up',
  'parcels?': 'queued message',
  scouts: 'MX classifier',
  'lane-?keepers?': 'lane throttles',
  'lane-?gates?': 'lane throttle',
  easel: 'render context',
  scribe: 'text writer',
};

/** Refused as a part of a declared name or of a file's name; in prose these are ordinary English. */
const RETIRED_IN_NAMES: Record<string, string> = {
  courier: 'dispatcher',
  exchanger: 'ledger writer, or MX resolver',
  seat: 'connection limit',
  seats: 'connection limit',
  lesson: 'reply feedback',
  lessons: 'reply feedback',
  breaker: 'auto-pause',
  strike: 'inject a fault',
  insist: 'retry',
  strikes: 'inject a fault',
  patience: 'time budget',
  member: 'client',
  twins: 'dark-mode variants',
  scout: 'MX classifier',
  exchangers: 'MX resolver',
  heaviest: 'MAX_..., with its unit',
  painter: 'render context',
  hear: 'handle',
  ring: 'wake',
  mend: 'repair',
  doubt: 'uncertain delivery, or unknown outcome',
  doubts: 'uncertain deliveries, or unknown outcomes',
  doubted: 'unknown outcome',
  doubtful: 'uncertain, or unknown outcome',
  thin: 'compact',
  thinned: 'compacted',
  steer: 'pause, resume and cancel; control',
  steering: 'pause, resume and cancel; control',
  door: 'lock, or proxy',
  members: 'clients',
  engine: 'worker context',
  halves: 'split',
  serving: 'send settings',
  standing: 'relay health, or state',
  longest: 'MAX_..., with its unit',
  most: 'max..., with what it counts',
  ground: 'fixtures',
  grounds: 'fixtures',
  window: 'batch',
  windows: 'batches',
  carry: 'batch',
  wire: 'SMTP connection, or in flight',
  near: 'suggest',
  draw: 'render',
  drawn: 'rendered',
  around: 'context',
  forget: 'anonymize, or delete',
  leave: 'unsubscribe',
  leaver: 'opt-out',
  leavers: 'opt-outs',
  copied: 'restored',
  rests: 'backoffs',
  told: 'what it is: reported, lines, ...',
  asked: 'what it is: request, options, ...',
  shown: 'rendered content, or what it is',
};

const ALLOWED: { word: string; file: RegExp; reason: string }[] = [
  { word: 'courier', file: /^tests\/relays\//, reason: 'the Courier mail server' },
  { word: 'seats', file: /^src\/cli\/relay\/list\.ts$/, reason: 'a field of `relay list --json`' },
  { word: 'asked', file: /^src\/cli\/relay\/list\.ts$/, reason: 'a field of `relay list --json`' },
  {
    word: 'thinned',
    file: /^(src\/stats\/status|tests\/ledger\/compact\.test)\.ts$/,
    reason: 'fields of `status --json`',
  },
  { word: 'breaker', file: /^src\/audience\/newsletters\//, reason: '`newsletter set --breaker`' },
  { word: 'forget', file: /^src\/(consent\/key-check|config\/config)\.ts$/, reason: 'POSTRIDER_FORGET_KEYS' },
  {
    word: 'leave',
    file: /^tests\/faults\//,
    reason: 'the name of a fault, which the random draws depend on',
  },
  {
    word: 'window',
    file: /^src\/io\/pace\.ts$/,
    reason: 'the window of a rate limit, as every such library says',
  },
  { word: 'windows', file: /^src\/render\/theme\/outlook-fonts\.ts$/, reason: 'the operating system' },
  { word: 'windows', file: /^src\/db\/embedded\/launch\.ts$/, reason: 'an option of Node: windowsHide' },
];

const FOLDERS = ['src', 'workers', 'tests', 'docs'];
const itself = 'tests/project/words.test.ts';

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
)
  .filter((file) => /\.(ts|js|mjs|sql|md)$/.test(file) && file !== itself)
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

const isAllowed = (word: string, file: string) =>
  ALLOWED.some((one) => one.word === word.toLowerCase() && one.file.test(file));

/** `LONGEST_NAME`, `ledgerWriter` and `ledger-writer` -> their words, in lower case. */
const wordsOf = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_\-./]+/);

const declarations = /\b(?:const|let|function|class|interface|type|enum) (\w+)/g;

/** Members of types and classes, and parameters: `limit: number`, `#limit = 1`, `async limit(...) {`. */
const members =
  /^ {2}(?:readonly |private |static |async |get |#)*(\w+)\??(?:: [^,]+;| = .+;|\(.*\{)$|[(,] ?(\w+)\??: (?=\w)/gm;

function namesIn({ file, text }: { file: string; text: string }): string[] {
  const declared = file.endsWith('.md')
    ? []
    : [declarations, members].flatMap((pattern) =>
        [...text.matchAll(pattern)].map(([, name, parameter]) => name ?? parameter ?? ''),
      );
  return [file.replace(/\.\w+$/, ''), ...declared];
}

test('no text says a retired word', () => {
  const pattern = new RegExp(`\\b(?:${Object.keys(RETIRED).join('|')})\\b`, 'gi');
  const found = files.flatMap(({ file, text }) =>
    [...text.matchAll(pattern)]
      .filter(([word]) => !isAllowed(word, file))
      .map(([word]) => `${file}: ${word}`),
  );
  expect([...new Set(found)]).toEqual([]);
});

test('no name has a retired word in it', () => {
  const found = files.flatMap((one) =>
    namesIn(one).flatMap((name) =>
      wordsOf(name)
        .filter((word) => Object.hasOwn(RETIRED_IN_NAMES, word) && !isAllowed(word, one.file))
        .map((word) => `${one.file}: ${name} (${word} -> ${RETIRED_IN_NAMES[word]})`),
    ),
  );
  expect([...new Set(found)]).toEqual([]);
});

/** The project explains itself: its readers have nothing but this repository. */
test('nothing refers to texts that are not in the repository', () => {
  const outside = /\(design \d|\bdesign \d+(?:\.\d+)*\b|\bfacts\/\w|\(issue \d+\)|\/work\//g;
  const found = files.flatMap(({ file, text }) =>
    [...text.matchAll(outside)].map(([reference]) => `${file}: ${reference}`),
  );
  expect([...new Set(found)]).toEqual([]);
});
