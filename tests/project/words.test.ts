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
};

const ALLOWED: { word: string; file: RegExp; reason: string }[] = [
  { word: 'courier', file: /^tests\/relays\//, reason: 'the Courier mail server' },
  { word: 'seats', file: /^src\/cli\/relay\/list\.ts$/, reason: 'a field of `relay list --json`' },
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

function namesIn({ file, text }: { file: string; text: string }): string[] {
  const declared = file.endsWith('.md') ? [] : [...text.matchAll(declarations)].map(([, name = '']) => name);
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
        .filter((word) => word in RETIRED_IN_NAMES && !isAllowed(word, one.file))
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
