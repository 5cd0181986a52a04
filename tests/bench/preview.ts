/**
 * What one refresh of `issue preview` takes here, from the changed file to the mail that the page asks for (hold: 300 ms
 * with the browser): `npx tsc -p tests/bench && node dist-bench/tests/bench/preview.js [FILE...]`, from the project's
 * folder. Medians; `processorMs` does not count what other programs take.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FilePreview } from '../../src/authoring/file-preview.ts';
import { readSource } from '../../src/cli/issue/read-source.ts';
import { diskFolders } from '../../src/io/files.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';

const RUNS = 15;
/** Of which the first do not count: an editor's first save meets a cold program, and is printed alone. */
const WARM_UP = 5;

const context = {
  view: null,
  newsletter: null,
  db: null,
  emails: new EmailFiles(),
  publicUrl: 'http://localhost:3000',
  folders: diskFolders,
};

const middle = (values: number[]): number =>
  Math.round(values.toSorted((a, b) => a - b)[values.length >> 1]!);

async function measure(file: string) {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-bench-preview-'));
  const copy = join(folder, 'issue.md');
  const source = readFileSync(file, 'utf8');
  await writeFile(copy, source);
  const read = () => readSource(copy);
  const preview = new FilePreview({ file: copy, read, context, mediaUrl: () => 'http://127.0.0.1:9/media' });
  await preview.refresh();
  const rounds: { wall: number; processor: number }[] = [];
  for (let run = 0; run < RUNS; run++) {
    await writeFile(copy, `${source}\nchanged ${run}\n`);
    const [start, used] = [performance.now(), process.cpuUsage()];
    await preview.refresh();
    preview.viewFor({});
    const { user, system } = process.cpuUsage(used);
    rounds.push({ wall: performance.now() - start, processor: (user + system) / 1000 });
  }
  await rm(folder, { recursive: true, force: true });
  const counted = rounds.slice(WARM_UP);
  return {
    file,
    firstSaveMs: Math.round(rounds[0]!.wall),
    refreshMs: middle(counted.map(({ wall }) => wall)),
    processorMs: middle(counted.map(({ processor }) => processor)),
  };
}

const usual = ['../shared/corpus/seed-sofa-weekly-2022-08-05.md', 'emails/samples/weekly-en.md'];
const given = process.argv.slice(2);
for (const file of given.length > 0 ? given : usual.filter((each) => existsSync(each)))
  process.stdout.write(`${JSON.stringify(await measure(file))}\n`);
