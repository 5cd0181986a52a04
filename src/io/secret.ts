/** The secret of an installation without POSTRIDER_SECRET: created once in the data folder, readable by its owner only. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isGuessable } from '../consent/secret-strength.ts';
import { Refused } from '../errors.ts';

const SECRET_BYTES = 32;

/**
 * Several processes may call this at once: all get the secret that was there first. Throws Refused('bad-secret-file')
 * when the file exists but holds no secret: replacing it would silently break links and hashes.
 */
export async function readOrCreateSecret(home: string): Promise<string> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const path = join(home, 'secret');
  const known = await readSecret(path);
  if (known !== null) return known;
  // Two containers that share the folder may both be process 1.
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, randomBytes(48).toString('base64url'), { mode: 0o600 });
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(draft);
  return (await readSecret(path))!;
}

/** Null when there is no such file. */
async function readSecret(path: string): Promise<string | null> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw refuse(
      path,
      code === 'EACCES' ? 'found one that this user may not read' : `found none (${code})`,
      cause,
    );
  }
  if (text === '') throw refuse(path, 'found it empty');
  const bytes = Buffer.byteLength(text);
  if (bytes < SECRET_BYTES) throw refuse(path, `found ${bytes} bytes`);
  if (isGuessable(text)) throw refuse(path, 'found one that repeats itself');
  return text;
}

const refuse = (path: string, found: string, cause?: unknown): Refused =>
  new Refused(
    'bad-secret-file',
    `${path}: expected the secret of this installation, at least ${SECRET_BYTES} bytes, ${found}. Put it back from your backup, or give it as POSTRIDER_SECRET. If nothing was ever sent from here, delete the file: a new one will be created.`,
    { cause },
  );
