import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root, run } from '../helpers/processes.ts';

test('the check refuses files that import each other in a circle', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cycle-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { linter } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as { linter: object };
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ linter }));
  writeFileSync(join(folder, 'a.ts'), "import { b } from './b.ts';\n\nexport const a = () => b;\n");
  writeFileSync(join(folder, 'b.ts'), "import { a } from './a.ts';\n\nexport const b = () => a;\n");
  const command = [join(root, 'node_modules/.bin/biome')];
  const ended = await run(['lint', '.'], { command, cwd: folder });
  expect(ended.code).toBe(1);
  expect(ended.stdout + ended.stderr).toContain('noImportCycles');
});
