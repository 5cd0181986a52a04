import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { picturesBeside } from '../../../src/authoring/pictures/beside.ts';
import { diskFolders } from '../../../src/io/files.ts';
import { documentOf } from '../../render/fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'issue-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('pictures beside an issue', () => {
  const picture = (url: string) => documentOf([{ kind: 'image', line: 1, image: { url, alt: 'A lamp' } }]);
  const take = (url: string) =>
    picturesBeside(diskFolders, join(folder, 'site'), picture(url), { maxWidth: 800 });

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
    ['pipe.png', 'is not a file'],
    ['images', 'is not a file'],
  ])('%s is not taken, and said so', async (url, why) => {
    expect(await take(url)).toEqual({ media: new Map(), missed: [{ url, why }] });
  });

  test.each(['circle.png', 'nowhere.png', '../outside.png'])('%s is not there', async (url) => {
    expect(await take(url)).toEqual({ media: new Map(), missed: [] });
  });
});
