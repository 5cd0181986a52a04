import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../helpers/processes.ts';
import { startDemo } from './start-demo.ts';

test('demo: 200 mails in the inbox, each with an unsubscribe link that works; a second run starts over', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-demo-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { running, url } = await startDemo(folder);
  await running.says(/accepted 200, refused 0, skipped 0, unknown 0, waiting 0/, 60_000);
  const [link] = await running.says(/http:\/\/localhost:\d+\/unsubscribe\/\S+/);

  const inbox = await (await fetch(`${url}/inbox/`)).text();
  expect(inbox).toContain('200 mails');
  expect((await fetch(`${url}/archive/demo/issue-1`)).status).toBe(200);
  expect(await (await fetch(link)).text()).toContain('<form');
  const left = await fetch(link, {
    method: 'POST',
    body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
  });
  expect(left.status).toBe(200);
  const ended = await running.stop('SIGINT');
  expect(ended.code).toBe(0);

  const again = await startDemo(folder);
  await again.running.says(/accepted 199/);
  expect(await (await fetch(`${again.url}/inbox/`)).text()).toContain('199 mails');
  const [, home] = await again.running.says(/POSTRIDER_HOME=(\S+) postrider issue status demo\/issue-1/);
  const status = await run(['issue', 'status', 'demo/issue-1'], { env: { POSTRIDER_HOME: home } });
  expect(status.stdout).toMatch(/accepted +199/);

  const third = await startDemo(folder, '--once');
  const refused = await third.running.ended;
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('a demo is already running');
});
