import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { run, start } from './processes.ts';
import { until } from './until.ts';

const node = (script: string) => ({ command: [process.execPath, '-e', script] });

test('collects what a process says and how it ended', async () => {
  const script =
    'process.stdin.on("data", (d) => { console.log("got " + d); console.error("bad"); process.exit(3); })';
  const ended = await run([], { ...node(script), input: 'this' });
  expect(ended).toEqual({ code: 3, signal: null, stdout: 'got this\n', stderr: 'bad\n' });
});

test('a process that ends without the awaited line fails the wait at once, with all it said', async () => {
  const running = start([], node('console.log("something else")'));
  await expect(running.says(/hello/)).rejects.toThrow(/ended without saying \/hello\/[\s\S]*something else/);
});

test('gives processes nothing of the test run but PATH and HOME', async () => {
  const { stdout } = await run([], node('console.log(Object.keys(process.env).sort().join())'));
  expect(stdout.trim()).toBe('HOME,LOG_LEVEL,PATH');
});

let left = 0;
test('a process is started', async () => {
  const running = start([], node('console.log("up"); setInterval(() => {}, 1000)'));
  await running.says(/up/);
  left = running.pid;
});

test('and is gone when its test is over', async () => {
  await until('the process is gone', () => !existsSync(`/proc/${left}`) || !alive(left));
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a run that takes too long is killed and tells what it said', async () => {
  const endless = node('console.log("still here"); setInterval(() => {}, 1000)');
  await expect(run([], { ...endless, withinMs: 500 })).rejects.toThrow(
    /did not end within \d+ ms\nstill here/,
  );
});
