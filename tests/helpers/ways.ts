/** The three ways to run Postrider. A test says which one it covered, and the run's last lines list them. */
import { TestRunner } from 'vitest';

export type Way = 'embedded' | 'database' | 'full';

declare module '@vitest/runner' {
  interface TaskMeta {
    ways?: Way[];
  }
}

/** To be called within a test, for the one that is running. Counts when that test passes. */
export function covers(way: Way): void {
  const meta = TestRunner.getCurrentTest()?.meta;
  if (meta) meta.ways = [...new Set([...(meta.ways ?? []), way])];
}
