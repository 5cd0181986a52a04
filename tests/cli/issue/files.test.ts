import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mediaBeside, readSource } from '../../../src/cli/issue/files.ts';
import { documentOf } from '../../render/fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'issue-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, bytes: Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

test('an issue is read as the UTF-8 that it is', async () => {
  expect(await readSource(written('fine.md', Buffer.from('\ufeff# 你好')))).toBe('\ufeff# 你好');
});

test('other bytes are refused: they would be sent as broken letters', async () => {
  const file = written('gbk.md', Buffer.from([0xc4, 0xe3, 0xba, 0xc3]));
  await expect(readSource(file)).rejects.toMatchObject({
    code: 'not-utf8',
    message: expect.stringContaining(file),
  });
});

test('what is no issue by far is not read to its end, and what cannot be read says why', async () => {
  const endless = written('endless.md', Buffer.alloc(0));
  truncateSync(endless, 40_000_000_000);
  await expect(readSource(endless)).rejects.toMatchObject({ code: 'source-too-large' });
  await expect(readSource(folder)).rejects.toMatchObject({ code: 'unreadable' });
  await expect(readSource(join(folder, 'nowhere.md'))).rejects.toThrow(
    'nowhere.md: cannot be read: there is no such file',
  );
});

test('a named pipe is refused at once, not waited for; what a shell pipes in is read', async () => {
  const pipe = join(folder, 'pipe.md');
  execFileSync('mkfifo', [pipe]);
  await expect(readSource(pipe)).rejects.toThrow('pipe.md: cannot be read: it is a named pipe, no file');
  await expect(readSource('/dev/null')).rejects.toThrow('it is a device, no file');
});

describe('pictures beside an issue', () => {
  const picture = (url: string) => documentOf([{ kind: 'image', line: 1, image: { url, alt: 'A lamp' } }]);
  const take = (url: string) => mediaBeside(join(folder, 'site', 'issue.md'), picture(url), 800);

  beforeAll(async () => {
    mkdirSync(join(folder, 'site', 'images'), { recursive: true });
    const png = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#900' } })
      .png()
      .toBuffer();
    writeFileSync(join(folder, 'outside.png'), png);
    writeFileSync(join(folder, 'site', 'images', 'lamp.png'), png);
    symlinkSync('images/lamp.png', join(folder, 'site', 'inside.png'));
    symlinkSync('../outside.png', join(folder, 'site', 'leads-out.png'));
    symlinkSync('..', join(folder, 'site', 'up'));
    symlinkSync('circle.png', join(folder, 'site', 'circle.png'));
    execFileSync('mkfifo', [join(folder, 'site', 'pipe.png')]);
  });

  test.each(['images/lamp.png', 'inside.png'])('%s is taken', async (url) => {
    expect([...(await take(url)).media.keys()]).toEqual([url]);
  });

  test.each([
    ['leads-out.png', 'is a link that leads out of the folder of the issue'],
    ['up/outside.png', 'is a link that leads out of the folder of the issue'],
    ['pipe.png', 'is no file'],
    ['images', 'is no file'],
  ])('%s is not taken, and said so', async (url, why) => {
    expect(await take(url)).toEqual({ media: new Map(), missed: [{ url, why }] });
  });

  test.each(['circle.png', 'nowhere.png', '../outside.png'])('%s is not there', async (url) => {
    expect(await take(url)).toEqual({ media: new Map(), missed: [] });
  });
});
