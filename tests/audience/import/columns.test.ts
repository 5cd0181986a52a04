/** Every column that an import takes can be named in an issue, and what it holds is read there. */
import { expect, it } from 'vitest';
import { showSubscriber } from '../../../src/audience/subscriber.ts';
import { missingValues } from '../../../src/checks/audience.ts';
import { readIssue } from '../../../src/issue/read.ts';
import { renderIssue } from '../../../src/render/issue.ts';
import { compileFill } from '../../../src/render/slots/fill.ts';
import { MissingSlots } from '../../../src/render/slots/missing-slots.ts';
import { context } from '../../render/fixtures.ts';
import { importText, keys, useDatabase } from '../fixtures.ts';

const setting = useDatabase();

it('First Name, 城市, a.b, Prénom, Source (free), 2nd name: the report says how an issue spells them', async () => {
  const { db, newsletter } = setting();
  const titles = [
    'First Name',
    '城市',
    'a.b',
    'Prénom',
    'Source (free)',
    '2nd name',
    'kebab-case',
    '{{x}}',
    '__proto__',
  ];
  const report = await importText(
    db,
    await newsletter(),
    `email,${titles.join(',')}\nann@example.org,V1,V2,V3,V4,V5,V6,V7,V8,V9\n`,
  );
  const slots = report.columns.attributes.map(({ slot }) => slot);
  expect(slots).toEqual([
    '{{reader.attributes.First Name}}',
    '{{reader.attributes.城市}}',
    '{{reader.attributes.a.b}}',
    '{{reader.attributes.Prénom}}',
    '{{reader.attributes.Source free}}',
    '{{reader.attributes._2nd name}}',
    '{{reader.attributes.kebab-case}}',
    '{{reader.attributes.x}}',
  ]);
  expect(report.columns.leftOut).toEqual([{ column: '__proto__', why: 'its name cannot be used in a slot' }]);
  const { attributes } = await showSubscriber(db, keys, 'ann@example.org');
  const source = `# Title\n\n${slots.join('; ')}; {{reader.attributes.First Name | you}}, {{ reader.attributes.城市 "there" }}\n`;
  const document = readIssue(source, { file: 'index.md', language: 'en' });
  const { edition } = await renderIssue(document, context());
  const reader = { email: 'ann@example.org', name: null, language: null, attributes };
  const fill = (of: typeof reader) =>
    compileFill(edition.text, 'text')({ reader: of, link: {} }).replace(/\s+/g, ' ');
  expect(fill(reader)).toContain('V1; V2; V3; V4; V5; V6; V7; V8; V1, V2');
  expect(fill({ ...reader, attributes: {} })).toContain('you, there');
  const missing = new MissingSlots(edition);
  missing.count({ ...reader, attributes: {} });
  expect(missing.report()).toContainEqual({
    slot: 'reader.attributes.First Name',
    missing: 1,
    fallback: 'you',
    guarded: false,
  });
});

it.each(['reader.attributes.城市', 'reader.attributes.First Name', 'reader.attributes.a.b', 'reader.name'])(
  'a remark on the empty slot %s names its line',
  (slot) => {
    const source = `# T\n\nHello\n\n{{${slot.replace('reader.name', 'name')}}}, hello\n`;
    const counts = [{ slot, missing: 1, fallback: null, guarded: false }];
    expect(missingValues({ source } as Parameters<typeof missingValues>[0], 2, counts)).toMatchObject([
      { line: 5 },
    ]);
  },
);
