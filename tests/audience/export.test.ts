import { expect, it } from 'vitest';
import { escapeFormula, unescapeFormula } from '../../src/audience/csv/formulas.ts';
import { csvLine } from '../../src/audience/csv/write.ts';
import { exportCsv, exportSubscribers } from '../../src/audience/export.ts';
import type { Newsletter } from '../../src/audience/newsletters/newsletter.ts';
import { importText, useDatabase } from './fixtures.ts';

const setting = useDatabase();

async function gathered<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

async function exported(newsletter: Newsletter): Promise<string> {
  return (await gathered(exportCsv(setting().db, newsletter.id, 'confirmed'))).join('');
}

it('writes the columns that import takes, every attribute its own', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  await importText(
    db,
    weekly,
    'email,name,language,city\na1@example.org,"Lee, Ann",en,Rome\na2@example.org,,,\n',
  );
  await importText(db, weekly, 'email,tea\na2@example.org,"green\nor black"\n');
  const [head, ann, bob] = (await exported(weekly)).split('\r\n');
  expect(head).toMatch(
    /^email,name,language,timezone,state,.*,suppressions,frequency,paused_until,tags,city,tea$/,
  );
  expect(ann).toMatch(/^a1@example.org,"Lee, Ann",en,,confirmed,.*,Rome,$/);
  expect(bob).toMatch(/^a2@example.org,,,,confirmed,.*,,"green\nor black"$/);
});

it('leaves nothing that a spreadsheet would run, and import gets every text back as it was', async () => {
  const { db, newsletter } = setting();
  const [weekly, copy] = [await newsletter(), await newsletter()];
  const names = [
    '=1+1',
    '+cmd',
    '-2',
    '@SUM(A1)',
    "'=quoted",
    "O'Neil",
    "'tis",
    '"=x"',
    '=HYPERLINK("http://x","y")',
  ];
  await importText(
    db,
    weekly,
    names
      .map((name, at) => csvLine([`b${at}@example.org`, escapeFormula(name)]))
      .reduce((all, line) => all + line, 'email,name\r\n'),
  );
  const text = await exported(weekly);
  for (const line of text.split('\r\n')) expect(line).not.toMatch(/(^|,)"?[=+\-@\t]/);
  const before = await gathered(exportSubscribers(db, weekly.id, 'confirmed'));
  await db.updateTable('subscribers').set({ name: 'lost' }).execute();
  expect(await importText(db, copy, text)).toMatchObject({ read: 9, added: 9 });
  const after = await gathered(exportSubscribers(db, copy.id, 'confirmed'));
  const people = (pages: typeof before) => pages.flat().map(({ email, name }) => [email, name]);
  expect(people(after)).toEqual(people(before));
  expect(people(before)).toContainEqual(['b0@example.org', '=1+1']);
});

it.each(['=a', "'=a", "''=a", '+', '-', '@', '\ta', '\ra', "'", "'a", '', 'a=b'])(
  'guards %j and takes it back',
  (cell) => {
    expect(unescapeFormula(escapeFormula(cell))).toBe(cell);
    expect(escapeFormula(cell)).not.toMatch(/^[=+\-@\t\r]/);
  },
);

it('reads page by page, and only who stands in the state asked for', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  const many = Array.from({ length: 2_500 }, (_, at) => `c${at}@example.org`).join('\n');
  await importText(db, weekly, `email\n${many}\n`);
  await importText(db, weekly, 'email\npending@example.org\n', null);
  const pages = await gathered(exportSubscribers(db, weekly.id, 'confirmed'));
  expect(pages.map((page) => page.length)).toEqual([1_000, 1_000, 500]);
  expect(await gathered(exportSubscribers(db, weekly.id, 'pending'))).toMatchObject([
    [{ email: 'pending@example.org' }],
  ]);
});
