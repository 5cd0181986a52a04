/** A Vitest reporter for the run's last lines: the counts, the covered ways, and whether the shared corpus was there. */
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { corpusFolder } from '../corpus.ts';
import type { Way } from '../ways.ts';

const ways: readonly Way[] = ['embedded', 'database', 'full'];
const named: Record<Way, string> = { embedded: 'embedded', database: 'one database', full: 'full' };

export default class WaysReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const covered = coveredWays(tests);
    const list = (wanted: boolean) => ways.filter((way) => covered.has(way) === wanted).map((w) => named[w]);
    const lines = [
      `ways covered: ${list(true).join(', ') || 'none'}; not covered: ${list(false).join(', ') || 'none'}`,
      corpusFolder()
        ? 'shared corpus: read from ../shared/corpus'
        : 'shared corpus: ../shared/corpus is absent, the journeys ran on emails/samples instead',
      `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

function coveredWays(tests: readonly TestCase[]): Set<Way> {
  return new Set(
    tests.filter((test) => test.result().state === 'passed').flatMap((t) => t.meta().ways ?? []),
  );
}
