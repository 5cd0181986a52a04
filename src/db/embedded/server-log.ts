/** PostgreSQL's standard error: kept in the folder, and read when a start fails. */
import { open, rename, stat } from 'node:fs/promises';

/** A longer log is rotated at the next start. */
const MAX_LOG_BYTES = 5_000_000;

/** Returns the offset in bytes at which new output will begin. */
export async function rotateLog(log: string): Promise<number> {
  const size = await stat(log).then(
    (found) => found.size,
    () => 0,
  );
  if (size < MAX_LOG_BYTES) return size;
  await rename(log, `${log}.old`);
  return 0;
}

/** At most 4,000 bytes. */
export async function readLogFrom(log: string, from: number): Promise<string> {
  const file = await open(log, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4_000), 0, 4_000, from);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await file.close();
  }
}
