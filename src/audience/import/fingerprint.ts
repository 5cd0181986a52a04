/** Whether two runs import the same: a hash of all bytes and options. */
import { createHash } from 'node:crypto';
import type { ImportFile } from './files.ts';

/** `options` must not depend on the order in which anything was iterated. */
export async function fingerprintOf(files: readonly ImportFile[], options: unknown): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(options));
  for (const file of files) {
    hash.update(`\0${file.name}\0${file.delimiter ?? ''}\0`);
    for await (const chunk of file.open()) hash.update(chunk);
  }
  return hash.digest('base64url');
}
