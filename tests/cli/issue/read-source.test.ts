import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSource } from '../../../src/cli/issue/read-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-source-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, bytes: Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

test('an issue is read as the UTF-8 that it is', async () => {
  const { text } = await readSource(written('fine.md', Buffer.from('\ufeff# 你好')));
  expect(text).toBe('\ufeff# 你好');
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
  await expect(readSource(pipe)).rejects.toThrow('pipe.md: cannot be read: it is a named pipe, not a file');
  await expect(readSource('/dev/null')).rejects.toThrow('it is a device, not a file');
});
