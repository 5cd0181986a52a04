import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/**
 * Each part of the program may use those before it. Parts on one line stand side by side and do not know each other.
 * Inside a part the folders are rooms of their own: no two of them know each other in a circle.
 */
const ORDER = [
  ['errors', 'heap', 'ports'],
  ['db'],
  ['issue', 'segment'],
  ['render', 'ledger'],
  ['consent', 'checks'],
  ['audience'],
  ['sends', 'authoring', 'stats'],
  ['delivery', 'feedback'],
  ['doctor'],
  ['io', 'config'],
  ['bootstrap'],
  ['http', 'workers'],
  ['web'],
  ['cli'],
];

/** No folder holds more files directly. */
const MAX_FILES_IN_FOLDER = 20;

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

/** `src/consent/keys.ts` -> `consent`, `src/bootstrap.ts` -> `bootstrap`, `workers/main.ts` -> `workers`. */
function partOf(file: string): string {
  const [top = '', name = ''] = file.split('/');
  return top === 'workers' ? top : name.replace(/\.ts$/, '');
}

/** The folder of a file; a file that stands directly in `src` is a room of its own. */
function roomOf(file: string): string {
  return dirname(file) === 'src' ? file : dirname(file);
}

/** Everything that a file or room reaches by imports. */
function reachable(from: string, arrows: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const seen = new Set<string>();
  const visit = (place: string): void => {
    for (const next of arrows.get(place) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      visit(next);
    }
  };
  visit(from);
  return seen;
}

const rank = (part: string): number => ORDER.findIndex((parts) => parts.includes(part));
const show = ({ file, from }: Import): string => `${file} imports ${from}`;

test('every part of the program has its place in the order', () => {
  expect([...new Set(files.map(partOf))].filter((part) => rank(part) < 0)).toEqual([]);
});

test('no part imports one that comes after it, or stands beside it', () => {
  const own = imports.filter(({ from }) => from.endsWith('.ts'));
  const wrong = own.filter(({ file, from }) => {
    const [user, used] = [partOf(file), partOf(from)];
    return user !== used && rank(used) >= rank(user);
  });
  expect(wrong.map(show)).toEqual([]);
});

test('no two folders know each other, in a circle of any length', () => {
  const arrows = new Map<string, Set<string>>();
  for (const { file, from } of imports) {
    if (!from.endsWith('.ts') || roomOf(file) === roomOf(from)) continue;
    arrows.set(roomOf(file), (arrows.get(roomOf(file)) ?? new Set()).add(roomOf(from)));
  }
  const circular = [...arrows.keys()].filter((room) => reachable(room, arrows).has(room));
  expect(circular).toEqual([]);
});

test('no two files import each other, in a circle of any length, types included', () => {
  const arrows = new Map<string, Set<string>>();
  for (const { file, from } of imports) {
    if (from.endsWith('.ts')) arrows.set(file, (arrows.get(file) ?? new Set()).add(from));
  }
  const circular = [...arrows.keys()].filter((file) => reachable(file, arrows).has(file));
  expect(circular).toEqual([]);
});

test(`no folder holds more than ${MAX_FILES_IN_FOLDER} files`, () => {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > MAX_FILES_IN_FOLDER)).toEqual([]);
});

test('rendering knows no database', () => {
  expect(
    imports.filter(({ file, from }) => partOf(file) === 'render' && from.startsWith('src/db')).map(show),
  ).toEqual([]);
});

test.each([
  ['fastify', /^(@?fastify)/, /^src\/http\//],
  ['BullMQ and nodemailer', /^(bullmq|nodemailer)/, /^src\/io\//],
  ['ioredis', /^ioredis/, /^src\/(io\/|bootstrap\.ts)/],
  [
    'Kysely and pg',
    /^(kysely|pg)$/,
    /^src\/(db|issue|segment|ledger|consent|audience|sends|delivery|feedback|doctor|stats|io|http|bootstrap|cli)/,
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
  expect(readers).toEqual(['src/config/config.ts']);
});
