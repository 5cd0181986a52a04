/** What the operator says about the columns of a file, tags in it, and the report of every line that was not taken. */
import { describe, expect, it } from 'vitest';
import type { ReportLine } from '../../../src/audience/import/report-lines.ts';
import { NO_ANSWERS, readMap } from '../../../src/audience/status/answers.ts';
import { showSubscriber } from '../../../src/audience/subscriber.ts';
import { addSuppression } from '../../../src/audience/suppressions.ts';
import { clock, file, importFiles, importText, keys, useDatabase } from '../fixtures.ts';

const setting = useDatabase();
const answers = (...texts: string[]) => ({ answers: { ...NO_ANSWERS, map: readMap(texts) } });
const person = async (email: string) => showSubscriber(setting().db, keys, email);

describe('--map', () => {
  it('names the address, the name, a state, tags and an attribute in any language', async () => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    const text =
      'Postfach;Rufname;Lage;Gruppen;Ort\nm1@example.org;Ann;aktiv;VIP, Gold;Bonn\nm2@example.org;Bob;abgemeldet;;\n';
    const map = answers('Postfach=email', 'RUFNAME=name', 'Lage=status', 'Gruppen=tags', 'Ort=home town');
    const report = await importFiles(db, weekly, [file(text)], map);
    expect(report).toMatchObject({
      added: 1,
      unsubscribed: 1,
      columns: { statuses: ['status'], tags: ['tags'] },
    });
    expect(await person('m1@example.org')).toMatchObject({
      name: 'Ann',
      attributes: { 'home town': 'Bonn' },
      subscriptions: [{ state: 'confirmed', tags: ['gold', 'vip'] }],
    });
    expect(await person('m2@example.org')).toMatchObject({ subscriptions: [{ state: 'unsubscribed' }] });
  });

  it('prefers the mapped column to one that has the title by itself', async () => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    const text = 'email,private\nwork@example.org,m3@example.org\n';
    await importFiles(db, weekly, [file(text)], answers('private=email'));
    expect(await person('m3@example.org')).toMatchObject({ attributes: { email: 'work@example.org' } });
  });

  it('of a column that no file has is refused with those that it may have meant', async () => {
    const { db, newsletter } = setting();
    const wrong = importFiles(
      db,
      await newsletter(),
      [file('email,town\na@example.org,x\n')],
      answers('twon=city'),
    );
    await expect(wrong).rejects.toThrow('no file has a column "twon"; did you mean "town"');
    expect(() => readMap(['email'])).toThrow('--map takes COLUMN=');
  });
});

it('a delimiter that is given, or "|" by itself', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  const caret = { ...file('email^name\nd1@example.org^Ann, Lee\n'), delimiter: '^' };
  expect(await importFiles(db, weekly, [caret])).toMatchObject({ added: 1 });
  expect(await importText(db, weekly, 'email|name\nd2@example.org|Bob; Lee\n')).toMatchObject({ added: 1 });
  expect(await person('d1@example.org')).toMatchObject({ name: 'Ann, Lee' });
  expect(await person('d2@example.org')).toMatchObject({ name: 'Bob; Lee' });
});

describe('tags in a file', () => {
  it('are added to those that are known, however the tool writes them', async () => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    await importText(
      db,
      weekly,
      'email,TAGS\nt1@example.org,"""VIP"",""Early Bird"""\nt2@example.org,"[""a"",""b""]"\n',
    );
    const report = await importText(db, weekly, 'email,labels\nt1@example.org,vip;new\nt2@example.org,A|b\n');
    expect(report).toMatchObject({ updated: 1, unchanged: 1 });
    expect((await person('t1@example.org')).subscriptions[0]?.tags).toEqual(['early bird', 'new', 'vip']);
    expect((await person('t2@example.org')).subscriptions[0]?.tags).toEqual(['a', 'b']);
  });

  it('still ask when one of them says that somebody left', async () => {
    const { db, newsletter } = setting();
    const refused = importText(db, await newsletter(), 'email,tags\nt3@example.org,"vip, unsubscribed"\n');
    await expect(refused).rejects.toThrow('does not say clearly who may be written to');
  });

  it('too long for a tag are left out, with a remark', async () => {
    const { db, newsletter } = setting();
    const report = await importText(
      db,
      await newsletter(),
      `email,tags\nt4@example.org,${'x'.repeat(200)}\n`,
    );
    expect(report).toMatchObject({
      added: 1,
      remarks: [{ line: 2, text: expect.stringContaining('expected a tag') }],
    });
  });
});

it('every line that was not taken is reported in the order of the file, with its reason', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  await importFiles(db, weekly, [file('email\nr2@example.org\n')], { unsubscribed: true });
  await addSuppression(
    { db, keys, clock },
    { address: 'r4@example.org', newsletterId: null, reason: 'bounce', source: 'dsn' },
  );
  const lines: ReportLine[] = [];
  const text = `email,status,timezone\nr1@example.org,active,Nowhere/Land\nr2@example.org,active,\nno address,active,\nr4@example.org,active,\nr5@example.org,odd,\n`;
  const treat = new Map([['odd', 'skipped' as const]]);
  await importFiles(db, weekly, [file(text)], {
    answers: { ...NO_ANSWERS, treat },
    lines: async (some) => void lines.push(...some),
  });
  expect(lines.map(({ line, what, reason }) => `${line} ${what}: ${reason.slice(0, 49)}`)).toEqual([
    '2 left out: no time zone is called "Nowhere/Land": expected a',
    '3 kept out: unsubscribed here',
    '4 refused: not an email address that can be written to: it h',
    '5 kept out: suppressed: bounce',
    '6 skipped: status: odd',
  ]);
});
