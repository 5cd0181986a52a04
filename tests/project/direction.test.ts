import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** Each part may use those before it. Parts on one line stand side by side and do not know each other. */
const ORDER = [
  ['errors', 'heap'],
  ['db'],
  ['issue'],
  ['render', 'ledger'],
  ['consent', 'checks'],
  ['audience'],
  ['delivery', 'feedback', 'stats'],
  ['io', 'config'],
  ['wire'],
  ['http', 'workers'],
  ['web'],
  ['cli'],
];

/** Pure types that their fulfillers and their users share. */
const PORTS = 'src/delivery/ports.ts';

interface Import {
  file: string;
  /** A path from the root for our own files, else the package's name. */
  from: string;
}

const files = ['src', 'workers'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);

const imports: Import[] = files.flatMap((file) => {
  const source = readFileSync(file, 'utf8');
  const found = source.matchAll(/(?:from|import\(|^import) ?'([^']+)'/gm);
  return [...found].map(([, from = '']) => ({
    file,
    from: from.startsWith('.') ? normalize(join(dirname(file), from)) : from,
  }));
});

/** `src/consent/keys.ts` -> `consent`, `src/wire.ts` -> `wire`, `workers/main.ts` -> `workers`. */
function partOf(file: string): string {
  const [top = '', name = ''] = file.split('/');
  return top === 'workers' ? top : name.replace(/\.ts$/, '');
}

const rank = (part: string): number => ORDER.findIndex((parts) => parts.includes(part));
const show = ({ file, from }: Import): string => `${file} imports ${from}`;

test('every part of the program has its place in the order', () => {
  expect([...new Set(files.map(partOf))].filter((part) => rank(part) < 0)).toEqual([]);
});

test('no part imports one that comes after it, or stands beside it', () => {
  const own = imports.filter(({ from }) => from.endsWith('.ts') && from !== PORTS);
  const wrong = own.filter(({ file, from }) => {
    const [user, used] = [partOf(file), partOf(from)];
    return user !== used && rank(used) >= rank(user);
  });
  expect(wrong.map(show)).toEqual([]);
});

test('rendering knows no database', () => {
  expect(
    imports.filter(({ file, from }) => partOf(file) === 'render' && from.startsWith('src/db')).map(show),
  ).toEqual([]);
});

test.each([
  ['fastify', /^(@?fastify)/, /^src\/http\//],
  ['BullMQ and nodemailer', /^(bullmq|nodemailer)/, /^src\/io\//],
  ['ioredis', /^ioredis/, /^src\/(io\/|wire\.ts)/],
  [
    'Kysely and pg',
    /^(kysely|pg)$/,
    /^src\/(db|issue|ledger|consent|audience|delivery|feedback|stats|io|http|wire|cli)/,
  ],
])('only its own part knows %s', (_, wanted, place) => {
  const elsewhere = imports.filter(({ file, from }) => wanted.test(from) && !place.test(file));
  expect(elsewhere.map(show)).toEqual([]);
});

test('one file knows the MJML compiler', () => {
  expect(imports.filter(({ from }) => from === 'mjml').map(({ file }) => partOf(file))).toEqual(['render']);
});

test('only the settings read the environment', () => {
  const readers = files.filter((file) => /process\.env\b/.test(readFileSync(file, 'utf8')));
  expect(readers).toEqual(['src/config.ts']);
});
