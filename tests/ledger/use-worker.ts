/** A worker's lease in the database of a test file, for tests that lease, mark and settle by themselves. */
import { beforeAll } from 'vitest';
import { registerWorker } from '../../src/ledger/workers/leases.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

export function useWorker(leaseMs: number) {
  const database = useTestDatabase();
  const registered = { id: 0 };
  beforeAll(async () => {
    registered.id = await registerWorker(database.db, 'w', leaseMs);
  });
  return { db: () => database.db, worker: () => registered.id };
}
