import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Command } from 'commander';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { CliContext } from '../../src/cli/context.ts';
import { newsletterCommands } from '../../src/cli/newsletter.ts';
import { attributeCommands } from '../../src/cli/segment/attribute.ts';
import { segmentCommands } from '../../src/cli/segment/segment.ts';
import { subscriberCommands } from '../../src/cli/subscriber/subscriber.ts';
import { suppressionCommands } from '../../src/cli/subscriber/suppression.ts';
import { Refused, Usage } from '../../src/errors.ts';
import { context, keys, useDatabase } from './fixtures.ts';

const setting = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'postrider-commands-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs one command on the test's database; what it answers to machines and to people, without colour. */
async function run(...words: string[]): Promise<{ value: unknown; human: string }> {
  const answer = { value: undefined as unknown, human: '' };
  const clock = { monotonic: () => performance.now(), sleep: async () => {} };
  const relays = context.relays.map((name) => ({ settings: { name } }));
  const config = { publicUrl: 'https://news.example.org' };
  const program = {
    db: setting().db,
    keys,
    emails: context.emails,
    relays,
    clock,
    config,
  } as unknown as CliContext['program'];
  const out = (value: unknown, human: string) =>
    void Object.assign(answer, { value, human: stripVTControlCharacters(human) });
  const root = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  const open = async () => ({ program, out, close: async () => {} });
  newsletterCommands(root, open);
  subscriberCommands(root, open);
  suppressionCommands(root, open);
  segmentCommands(root, open);
  attributeCommands(root, open);
  await root.parseAsync(words, { from: 'user' });
  return answer;
}

function csv(content: string): string {
  const path = join(folder, `${Math.random()}.csv`);
  writeFileSync(path, content);
  return path;
}

const from = ['--name', 'Weekly', '--from', 'Weekly <news@example.org>'];

describe('newsletter', () => {
  it('create answers with the slug; show and list tell the rest', async () => {
    const made = await run(
      'newsletter',
      'create',
      '--slug',
      'one',
      ...from,
      '--color.dark.accent',
      '#8db1ff',
      '--json',
    );
    expect(made.value).toEqual({ newsletter: 'one' });
    const { value, human } = await run('newsletter', 'show', 'one');
    expect(value).toMatchObject({
      newsletter: 'one',
      from: '"Weekly" <news@example.org>',
      colors: { 'dark.accent': '#8db1ff' },
      subscriptions: { confirmed: 0, pending: 0, unsubscribed: 0 },
    });
    expect(human).toMatch(/^slug +one$/m);
    const page = ['--description', 'Boats and tides', '--frequency', 'every Monday'];
    await run('newsletter', 'set', 'one', ...page, '--privacy-url', 'https://example.org/privacy');
    const output = await run('newsletter', 'show', 'one');
    expect(output.value).toMatchObject({
      description: 'Boats and tides',
      frequency: 'every Monday',
      privacyUrl: 'https://example.org/privacy',
    });
    expect(output.human).toMatch(/^privacy-url +https:\/\/example\.org\/privacy$/m);
    await run('newsletter', 'set', 'one', '--privacy-url', '');
    expect((await run('newsletter', 'show', 'one')).value).toMatchObject({ privacyUrl: null });
    expect((await run('newsletter', 'list')).value).toContainEqual(
      expect.objectContaining({ newsletter: 'one' }),
    );
  });

  it('set changes what is given', async () => {
    await run('newsletter', 'create', '--slug', 'two', ...from);
    await run('newsletter', 'set', 'two', '--language', 'zh', '--editor', 'a@example.org', 'b@example.org');
    expect((await run('newsletter', 'show', 'two')).value).toMatchObject({
      language: 'zh',
      name: 'Weekly',
      editors: ['a@example.org', 'b@example.org'],
    });
  });

  it('create without a name or a sender is a matter of usage', async () => {
    await expect(run('newsletter', 'create', '--slug', 'three')).rejects.toThrow(Usage);
    await expect(run('newsletter', 'create', ...from)).rejects.toThrow(/--slug/);
  });
});

describe('subscriber', () => {
  it('import --confirmed needs --source, and the other way round', async () => {
    await expect(run('subscriber', 'import', 'x.csv', '--newsletter', 'one', '--confirmed')).rejects.toThrow(
      Usage,
    );
    await expect(
      run('subscriber', 'import', 'x.csv', '--newsletter', 'one', '--source', 'x'),
    ).rejects.toThrow(Usage);
  });

  it('import reports to machines and to people', async () => {
    await run('newsletter', 'create', '--slug', 'four', ...from);
    const file = csv('email,name\na@example.org,Ann\nnobody,N\n');
    const options = ['--newsletter', 'four', '--confirmed', '--source', 'moved'];
    const { value, human } = await run('subscriber', 'import', file, ...options);
    const refused = [{ line: 3, reason: expect.stringMatching(/no @/) }];
    expect(value).toMatchObject({ read: 2, added: 1, updated: 0, unchanged: 0, refused, keptOut: 0 });
    expect(human).toMatch(/^added +1$/m);
    expect(human).toMatch(/^line 3: not an email address/m);
  });

  it('import of a file that is not there, of nobody, or for an unknown newsletter is refused', async () => {
    await run('newsletter', 'create', '--slug', 'five', ...from);
    const five = ['--newsletter', 'five'];
    await expect(run('subscriber', 'import', join(folder, 'absent'), ...five)).rejects.toThrow(
      /absent \(ENOENT\)/,
    );
    await expect(run('subscriber', 'import', csv('email\nnobody\n'), ...five)).rejects.toMatchObject({
      code: 'all-refused',
    });
    await expect(run('subscriber', 'import', csv('email\n'), '--newsletter', 'fivve')).rejects.toThrow(
      /"five"/,
    );
  });

  it('add, show, unsubscribe, and add again is refused', async () => {
    await run('newsletter', 'create', '--slug', 'six', ...from);
    const options = ['--newsletter', 'six', '--confirmed', '--source', 'by phone'];
    const added = await run('subscriber', 'add', 'F@example.org', ...options, '--attribute', 'city=Rome');
    expect(added.value).toEqual({ newsletter: 'six', change: 'added' });
    expect((await run('subscriber', 'show', 'f@example.org')).value).toMatchObject({
      email: 'F@example.org',
      attributes: { city: 'Rome' },
      subscriptions: [{ newsletter: 'six', state: 'confirmed' }],
      consent: [{ step: 'imported', source: 'cli: by phone' }],
    });
    await run('subscriber', 'unsubscribe', 'f@EXAMPLE.org', '--newsletter', 'six');
    expect((await run('subscriber', 'show', 'f@example.org')).value).toMatchObject({
      subscriptions: [{ newsletter: 'six', state: 'unsubscribed' }],
      consent: [{ step: 'imported' }, { step: 'unsubscribed', source: 'cli' }],
    });
    await expect(run('subscriber', 'add', 'f@example.org', ...options)).rejects.toMatchObject({
      code: 'kept-out',
    });
    await expect(run('subscriber', 'show', 'nobody@example.org')).rejects.toThrow(Refused);
  });

  it('export writes CSV to standard output, or one JSON object a line', async () => {
    await run('newsletter', 'create', '--slug', 'seven', ...from);
    await run(
      'subscriber',
      'import',
      csv('email,name\ng@example.org,=1\n'),
      '--newsletter',
      'seven',
      '--confirmed',
      '--source',
      'x',
    );
    const printed: string[] = [];
    const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text, ...rest) => {
      printed.push(String(text));
      for (const done of rest) if (typeof done === 'function') done();
      return true;
    });
    try {
      await run('subscriber', 'export', '--newsletter', 'seven');
      await run('subscriber', 'export', '--newsletter', 'seven', '--json');
    } finally {
      stdout.mockRestore();
    }
    expect(printed.join('')).toMatch(
      /^email,name,language,timezone,state,.*\r\ng@example.org,'=1,,,confirmed,.*\r\n\{"email":"g@example.org",.*\}\n$/s,
    );
  });

  it('erase leaves a hash: nobody is found, and an import keeps them out', async () => {
    await run('newsletter', 'create', '--slug', 'eight', ...from);
    const options = ['--newsletter', 'eight', '--confirmed', '--source', 'x'];
    await run('subscriber', 'add', 'h@example.org', ...options);
    await run('subscriber', 'erase', 'H@example.org', '--json');
    const rows = await setting().db.selectFrom('suppressions').selectAll().execute();
    expect(rows).toMatchObject([{ reason: 'erased', identity: null, subscriber_id: null }]);
    expect((await run('subscriber', 'show', 'h@example.org')).value).toMatchObject({
      subscriptions: [],
      suppressions: [{ reason: 'erased', newsletter: null }],
    });
    await expect(run('subscriber', 'add', 'h@example.org', ...options)).rejects.toMatchObject({
      code: 'kept-out',
    });
  });

  it('add --timezone sets the clock of quiet hours, and list shows who stands how', async () => {
    await run('newsletter', 'create', '--slug', 'nine', ...from);
    const options = ['--newsletter', 'nine', '--confirmed', '--source', 'x'];
    await run('subscriber', 'add', 'i@example.org', ...options, '--timezone', 'asia/tokyo');
    await run('subscriber', 'add', 'j@example.org', '--newsletter', 'nine', '--name', 'Jo');
    expect((await run('subscriber', 'show', 'i@example.org')).value).toMatchObject({
      timezone: 'Asia/Tokyo',
    });
    await expect(
      run('subscriber', 'add', 'k@example.org', ...options, '--timezone', 'Tokio'),
    ).rejects.toThrow(/expected a time zone such as Europe\/Berlin/);
    const { value, human } = await run('subscriber', 'list', '--newsletter', 'nine');
    expect(value).toMatchObject({
      counts: { confirmed: 1, pending: 1, unsubscribed: 0 },
      subscribers: [
        { email: 'j@example.org', state: 'pending' },
        { email: 'i@example.org', state: 'confirmed' },
      ],
    });
    expect(human).toMatch(/^j@example.org +pending +\d{4}-\d\d-\d\d +Jo$/m);
    const found = await run(
      'subscriber',
      'list',
      '--newsletter',
      'nine',
      '--contains',
      'I@EX',
      '--state',
      'all',
    );
    expect(found.value).toMatchObject({ subscribers: [{ email: 'i@example.org' }] });
  });

  it('import takes several files, --treat and --unsubscribed, and asks machines with JSON', async () => {
    await run('newsletter', 'create', '--slug', 'ten', ...from);
    const ten = ['--newsletter', 'ten'];
    const files = [
      csv('email,status\nl@example.org,active\nm@example.org,cold\n'),
      csv('email\nn@example.org\n'),
    ];
    const confirmed = [...files, ...ten, '--confirmed', '--source', 'moved'];
    await expect(run('subscriber', 'import', ...confirmed)).rejects.toMatchObject({
      code: 'unknown-words',
      questions: [{ column: 'status', word: 'cold', rows: 1 }],
    });
    const { value, human } = await run('subscriber', 'import', '--treat', 'cold=left', ...confirmed);
    expect(value).toMatchObject({ read: 3, added: 2, unsubscribed: 1 });
    expect(human).toMatch(/^unsubscribed +1 +status: cold$/m);
    expect((await run('subscriber', 'import', files[1] ?? '', ...ten, '--unsubscribed')).value).toMatchObject(
      {
        unsubscribed: 1,
      },
    );
    await expect(
      run('subscriber', 'import', 'x.csv', ...ten, '--unsubscribed', '--confirmed', '--source', 'x'),
    ).rejects.toThrow(Usage);
  });
});

describe('suppression', () => {
  it('add, list, import and remove; only what was set by hand or bounced is lifted without its reason', async () => {
    await run('newsletter', 'create', '--slug', 'eleven', ...from);
    const eleven = ['--newsletter', 'eleven'];
    expect((await run('suppression', 'add', 'O@example.org', '--source', 'asked by phone')).value).toEqual({
      added: true,
      reason: 'by-hand',
      newsletter: null,
    });
    expect((await run('suppression', 'add', 'o@example.org')).value).toMatchObject({ added: false });
    const file = csv('email\np@example.org\n');
    const bounces = ['--reason', 'complaint', '--source', 'X'];
    expect((await run('suppression', 'import', file, ...eleven, ...bounces)).value).toMatchObject({
      added: 1,
    });
    await expect(run('suppression', 'remove', 'p@example.org', ...eleven)).rejects.toThrow(
      /complaint for this newsletter/,
    );
    await expect(run('suppression', 'remove', 'p@example.org')).rejects.toMatchObject({
      code: 'not-suppressed',
    });
    const named = await run('suppression', 'remove', 'p@example.org', ...eleven, '--reason', 'complaint');
    expect(named.value).toEqual({ lifted: ['complaint'] });
    expect((await run('suppression', 'remove', 'o@example.org')).value).toEqual({ lifted: ['by-hand'] });
    const added = ['subscriber', 'add', 'o@example.org', ...eleven, '--confirmed', '--source', 'x'];
    expect((await run(...added)).value).toMatchObject({ change: 'added' });
  });
});

describe('segments and tags', () => {
  const weekly = ['--newsletter', 'twenty'];

  it('create, list, show, count and delete a segment', async () => {
    await run('newsletter', 'create', '--slug', 'twenty', ...from);
    const path = csv('email,city,age\nu@example.org,Rome,30\nv@example.org,Oslo,40\nw@example.org,Oslo,50\n');
    await run('subscriber', 'import', path, ...weekly, '--confirmed', '--source', 'x');
    const created = await run('segment', 'create', 'north', 'city = oslo and age > 40', ...weekly);
    expect(created.value).toMatchObject({ name: 'north', change: 'created', readers: 1, exact: true });
    expect(created.human).toBe('created north: 1 reader\nage is read as a number, by its values');
    await expect(run('segment', 'create', 'north', 'city = Rome', ...weekly)).rejects.toThrow(
      '--replace changes it',
    );
    await expect(run('segment', 'create', 'a b', 'city = Rome', ...weekly)).rejects.toThrow(
      'expected a name',
    );
    await run('segment', 'create', 'north', 'city = Oslo', ...weekly, '--replace');
    expect((await run('segment', 'list', ...weekly)).value).toEqual({
      newsletter: 'twenty',
      segments: [{ name: 'north', expression: 'city = Oslo' }],
    });
    expect((await run('segment', 'show', 'north', ...weekly)).human).toMatch(/readers +2 readers/);
    expect((await run('segment', 'count', 'not segment north', ...weekly, '--exact')).human).toBe('1 reader');
    await run('segment', 'delete', 'north', ...weekly);
    await expect(run('segment', 'delete', 'north', ...weekly)).rejects.toThrow(
      'has no segment called "north"',
    );
  });

  it('declare the type of an attribute', async () => {
    await run('attribute', 'set', 'twenty', 'age', '--type', 'text');
    await expect(run('segment', 'count', 'age > 40', ...weekly)).rejects.toThrow('"age" is a text');
    expect((await run('attribute', 'set', 'twenty', 'age', '--type', 'inferred')).value).toMatchObject({
      type: 'number',
    });
    expect((await run('attribute', 'list', 'twenty')).value).toMatchObject({
      attributes: [
        { name: 'age', type: 'number', declared: false },
        { name: 'city', type: 'text' },
      ],
    });
  });

  it('tag people and segments, list them page by page, and find people in all newsletters', async () => {
    const tagged = await run(
      'subscriber',
      'tag',
      ...weekly,
      '--segment',
      'city = Oslo',
      '--add',
      'Fjord',
      'north',
    );
    expect(tagged.human).toBe('2 subscribers changed, 0 stay as they were');
    await run('subscriber', 'tag', 'v@example.org', ...weekly, '--remove', 'north');
    await expect(run('subscriber', 'tag', 'v@example.org', ...weekly)).rejects.toThrow(Usage);
    await expect(run('subscriber', 'tag', ...weekly, '--add', 'x')).rejects.toThrow(
      'either addresses or --segment',
    );
    const list = ['subscriber', 'list', ...weekly, '--segment', 'tag fjord', '--limit', '1'];
    const first = await run(...list);
    expect(first.value).toMatchObject({
      subscribers: [{ email: 'w@example.org', tags: ['fjord', 'north'] }],
    });
    const { next } = first.value as { next: number };
    expect(first.human).toContain(`more with --after ${next}`);
    const second = await run(...list, '--after', String(next));
    expect(second.value).toMatchObject({
      subscribers: [{ email: 'v@example.org', tags: ['fjord'] }],
      next: null,
    });
    const found = await run('subscriber', 'find', 'V@EXAMPLE');
    expect(found.value).toMatchObject({
      subscribers: [
        { email: 'v@example.org', subscriptions: [{ newsletter: 'twenty', state: 'confirmed' }] },
      ],
    });
    await expect(run('subscriber', 'list', ...weekly, '--after', 'x')).rejects.toThrow(Usage);
  });

  it('import --map, --delimiter and --report', async () => {
    const path = csv('Post^Ort\nx1@example.org^Bergen\nno address^Bergen\n');
    const report = join(folder, 'left-out.csv');
    const options = [
      ...weekly,
      '--confirmed',
      '--source',
      'x',
      '--delimiter',
      '^',
      '--map',
      'Post=email',
      '--map',
      'Ort=city',
    ];
    const { value } = await run('subscriber', 'import', path, ...options, '--report', report);
    expect(value).toMatchObject({ read: 2, added: 1, refusedLines: 1 });
    expect(readFileSync(report, 'utf8')).toMatch(
      /^file,line,what,reason\r\n,3,refused,not an email address.*\r\n$/,
    );
    await expect(run('subscriber', 'import', path, ...weekly, '--delimiter', 'xx')).rejects.toThrow(Usage);
    await expect(
      run('subscriber', 'import', path, ...options, '--report', join(folder, 'no', 'x')),
    ).rejects.toThrow('cannot write');
  });
});
