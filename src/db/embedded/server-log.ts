/** What PostgreSQL writes to standard error: kept in the folder, and read when a start fails. */
import { open, rename, stat } from 'node:fs/promises';

/** A longer log is put aside at the next start. */
const LIMIT_BYTES = 5_000_000;

/** Returns where new words will begin, in bytes. */
export async function turnLog(log: string): Promise<number> {
  const size = await stat(log).then(
    (found) => found.size,
    () => 0,
  );
  if (size < LIMIT_BYTES) return size;
  await rename(log, `${log}.old`);
  return 0;
}

/** At most 4,000 bytes. */
export async function logSince(log: string, from: number): Promise<string> {
  const file = await open(log, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4_000), 0, 4_000, from);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await file.close();
  }
}
