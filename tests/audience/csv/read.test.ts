import { describe, expect, it } from 'vitest';
import { Refused } from '../../../src/errors.ts';
import { file, importFiles, importText, useDatabase } from '../fixtures.ts';

const setting = useDatabase();

async function imported(content: string | Buffer) {
  const { db, newsletter } = setting();
  return importText(db, await newsletter(), content);
}

async function knows(address: string) {
  return setting().db.selectFrom('subscribers').selectAll().where('email', '=', address).executeTakeFirst();
}

/** Line numbers of what was refused. */
async function refusedLines(content: string | Buffer): Promise<number[]> {
  return (await imported(content)).refused.map(({ line }) => line);
}

describe('wrong columns refuse the whole file before anything is written', () => {
  it.each([
    [
      'no column for an address',
      'Electronic,Name\na1@example.org,Ann\n',
      /line 1: expected the columns email.*found "Electronic", "Name"/,
    ],
    [
      'no header',
      'a1@example.org,Ann\n',
      /line 1: .* found an address: the first line must name the columns/,
    ],
    ['a column twice', 'email,name,NAME\na1@example.org,Ann,Ann\n', /line 1: .*"name" twice/],
    ['an attribute twice', 'email,city,city\na1@example.org,A,B\n', /line 1: .*"city" twice/],
    ['a column without a name', 'email,,city\na1@example.org,,Rome\n', /line 1: expected an attribute name/],
    [
      'too many columns',
      `email,${Array.from({ length: 250 }, (_, at) => `c${at}`).join()}\n`,
      /at most 250 columns/,
    ],
    [
      'an open quote in the header',
      'email,"name\na1@example.org,Ann\n',
      /line 1: .*quote that is not closed/,
    ],
    ['an empty file', '', /found nothing/],
    ['an archive or a spreadsheet', 'PK\u0003\u0004\u0014', /unpack it, or save it as CSV/],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /line 1: /],
  ])('%s', async (_, content, message) => {
    await expect(imported(content)).rejects.toThrow(Refused);
    await expect(imported(content)).rejects.toThrow(message);
    expect(await knows('a1@example.org')).toBeUndefined();
  });
});

describe('a refused line is reported with its number, and the good lines go in', () => {
  it('two addresses in one cell, names around it, no address', async () => {
    const report = await imported(
      'email\nb1@example.org\n"b2@example.org, b3@example.org"\nb4@example.org;b5@example.org\nBen <b6@example.org>\nnobody\n\nb7@example.org\n',
    );
    expect(report).toMatchObject({ read: 6, added: 2 });
    expect(report.refused).toEqual([
      { line: 3, reason: expect.stringMatching(/several/) },
      { line: 4, reason: expect.stringMatching(/several/) },
      { line: 5, reason: expect.stringMatching(/angle brackets/) },
      { line: 6, reason: expect.stringMatching(/no @/) },
    ]);
  });

  it('control characters in an address, a name or an attribute', async () => {
    const file =
      'email,name,city\nc1\u0000@example.org,,\nc2@example.org,"C\u001b[31m",\nc3@example.org,,a\u0000b\n"c4\r\nBcc: x@example.org",,\nc6@example.org,Cy\u202e,\nc7@example.org,C,R\n';
    expect(await refusedLines(file)).toEqual([2, 3, 4, 5, 7]);
    expect(await knows('c7@example.org')).toBeDefined();
  });

  it('rows without their empty last cells are padded, empty ones too many are taken, filled ones refused', async () => {
    const report = await imported(
      'email,name,city\nd1@example.org\nd2@example.org,D,R,more\nd3@example.org,D\nd4@example.org,D,R,,\n',
    );
    expect(report).toMatchObject({ read: 4, added: 3 });
    expect(report.refused).toEqual([{ line: 3, reason: expect.stringMatching(/expected 3 cells, found 4/) }]);
    expect(await knows('d3@example.org')).toMatchObject({ name: 'D', attributes: {} });
  });

  it('a language that is none', async () => {
    expect(await refusedLines('email,language\ne1@example.org,English\ne2@example.org,pt_BR\n')).toEqual([2]);
    expect(await knows('e2@example.org')).toMatchObject({ language: 'pt-BR' });
  });

  it('a cell of a million characters, quoted or not', async () => {
    const long = 'x'.repeat(1_000_000);
    const report = await imported(
      `email,name\nf1@example.org,F\nf2@example.org,${long}\nf3@example.org,"${long}"\nf4@example.org,F\n`,
    );
    expect(report).toMatchObject({ read: 4, added: 2 });
    expect(report.refused.map(({ line }) => line)).toEqual([3, 4]);
  });

  it('bytes that are no text', async () => {
    const file = Buffer.concat([
      Buffer.from('email,name\ng1@example.org,Zoë\ng2@example.org,Zo'),
      Buffer.from([0xeb]),
      Buffer.from('\ng3@example.org,G\n'),
    ]);
    const report = await imported(file);
    expect(report.refused).toEqual([{ line: 3, reason: expect.stringMatching(/UTF-8/) }]);
    expect(report.added).toBe(2);
  });
});

describe('broken quoting costs one line', () => {
  it.each([
    ['a quote that never closes', 'h1@example.org,"Ann', [3]],
    ['a quote that the next quoted line seems to close', 'h1@example.org,"Ann\nh3@example.org,"Ben"', [3]],
    ['text after a closing quote', 'h1@example.org,"Ann" Lee', [3]],
    ['a quote within a cell', 'h1@example.org,Ann "the one" Lee', [3]],
    ['an inch', 'h1@example.org,5" disk', [3]],
    ['an opening quote alone on its line', 'h1@example.org,"', [3]],
    ['a quote that opens the address', '"h1@example.org,Ann', [3]],
  ])('%s', async (_, broken, lines) => {
    const { db, newsletter } = setting();
    const report = await importText(
      db,
      await newsletter(),
      `email,name\nh0@example.org,A\n${broken}\nh4@example.org,B\nh5@example.org,"C, D"\n`,
    );
    expect(report.refused.map(({ line }) => line)).toEqual(lines);
    expect(report.added).toBe(report.read - 1);
    expect(report.read).toBe(broken.includes('\n') ? 5 : 4);
  });

  it('also when 10,000 good lines follow', async () => {
    const good = Array.from({ length: 10_000 }, (_, at) => `i${at}@example.org,I\n`).join('');
    const report = await imported(`email,name\nbad@example.org,"I\n${good}`);
    expect(report).toMatchObject({ read: 10_001, added: 10_000, refused: [{ line: 2 }] });
  });
});

describe('whatever program wrote it', () => {
  it.each([
    ['a byte order mark', '\ufeffemail,name\nj1@example.org,Jö\n'],
    ['CRLF', 'email,name\r\nj1@example.org,Jö\r\n'],
    ['CR alone', 'email,name\rj1@example.org,Jö\r'],
    ['no line end at the end', 'email,name\nj1@example.org,Jö'],
    ['semicolons', 'email;name\nj1@example.org;Jö\n'],
    ['the mark of a spreadsheet for its delimiter', 'sep=;\nemail;name\nj1@example.org;Jö\n'],
    ['a delimiter at the end of each line', 'email;name;\nj1@example.org;Jö;\n'],
    ['tabs', 'email\tname\nj1@example.org\tJö\n'],
    ['quotes around everything', '"email","name"\r\n"j1@example.org","Jö"\r\n'],
    ['columns in another order and case', 'Name,EMAIL\nJö,j1@example.org\n'],
    ['empty lines before, between and after', '\n\nemail,name\n\n,\nj1@example.org,Jö\n\n\n'],
    ['blanks around cells', 'email , name\n j1@example.org ,  Jö \n'],
    ['UTF-16 with a mark', Buffer.from('\ufeffemail,name\nj1@example.org,Jö\n', 'utf16le')],
    ['UTF-16 without', Buffer.from('email,name\nj1@example.org,Jö\n', 'utf16le')],
    ['UTF-16 of the other order', Buffer.from('\ufeffemail,name\nj1@example.org,Jö\n', 'utf16le').swap16()],
  ])('%s', async (_, content) => {
    const report = await imported(content);
    expect(report).toMatchObject({ read: 1, refused: [] });
    expect(await knows('j1@example.org')).toMatchObject({ name: 'Jö' });
    await setting().db.deleteFrom('subscribers').where('email', '=', 'j1@example.org').execute();
  });

  it('GB18030, as spreadsheets in China write it', async () => {
    const name = Buffer.from([0xc0, 0xee, 0xd0, 0xa1, 0xc3, 0xf7]);
    await imported(Buffer.concat([Buffer.from('email,name\nk1@example.org,'), name, Buffer.from('\n')]));
    expect(await knows('k1@example.org')).toMatchObject({ name: '李小明' });
  });

  it('line breaks in quoted cells, with the numbers of the lines that follow', async () => {
    const report = await imported('email,name,address\nl1@example.org,"L\r\nM","1 Road\r\nTown"\nnobody,,\n');
    expect(report.refused).toMatchObject([{ line: 5 }]);
    expect(await knows('l1@example.org')).toMatchObject({
      name: 'L M',
      attributes: { address: '1 Road\nTown' },
    });
  });

  it('arriving byte by byte', async () => {
    const { db, newsletter } = setting();
    const slow = file('email,name\r\nm1@example.org,"李, 小\r\n明"\r\nm2@example.org,M\r\n', '', 1);
    const report = await importFiles(db, await newsletter(), [slow]);
    expect(report).toMatchObject({ added: 2, refused: [] });
    expect(await knows('m1@example.org')).toMatchObject({ name: '李, 小 明' });
  });
});
