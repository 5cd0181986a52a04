/** The GitHub workflow runs what `.ci/run` runs, in parallel jobs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import config from '../../vitest.config.ts';
import { root } from '../helpers/processes.ts';

interface Job {
  needs?: unknown;
  'timeout-minutes'?: number;
  strategy?: { matrix?: { node?: string[] } };
  steps: { uses?: string; run?: string }[];
}

const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
const workflow = textOf('.github/workflows/ci.yml');
const { jobs } = parse(workflow) as { jobs: Record<string, Job> };
const setup = parse(textOf('.github/actions/setup/action.yml')) as { runs: Pick<Job, 'steps'> };
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
const stepsOf = ({ steps }: Pick<Job, 'steps'>) => steps;
const steps = [...Object.values(jobs), setup.runs].flatMap(stepsOf);
const commands = steps.flatMap(({ run }) => run ?? []);

test('no job waits for another, and none runs for ever', () => {
  expect(Object.values(jobs).filter(({ needs }) => needs !== undefined)).toEqual([]);
  expect(Object.values(jobs).filter((job) => !job['timeout-minutes'])).toEqual([]);
});

test('every action of others is pinned to a commit', () => {
  const foreign = steps.flatMap(({ uses }) => (uses && !uses.startsWith('./') ? [uses] : []));
  expect(foreign.length).toBeGreaterThan(1);
  expect(foreign.filter((uses) => !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
});

test('the quick tests run on the oldest Node that we support and on the newer ones', () => {
  expect(jobs.quick?.strategy?.matrix?.node).toEqual(['20', '22', '24']);
});

test('every project of Vitest is run by some job', () => {
  const projects = (config.test?.projects ?? []).flatMap((project) =>
    typeof project === 'object' && 'test' in project ? String(project.test?.name) : [],
  );
  const isRun = (project: string) =>
    commands.some(
      (command) =>
        command.includes(`--project ${project}`) || new RegExp(`^npm run test:${project}\\b`).test(command),
    );
  expect(projects).toContain('quick');
  expect(projects.filter((project) => !isRun(project))).toEqual([]);
});

test('every npm script that a job names is there', () => {
  const named = commands.flatMap((command) => /^npm run ([\w:]+)/.exec(command)?.[1] ?? []);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test("`.ci/run` runs the README's test command", () => {
  const run = textOf('.ci/run');
  expect(textOf('README.md')).toContain('npm ci && npm test ');
  expect(run).toMatch(/^part 'npm ci' npm ci$/m);
  expect(run).toMatch(/^\s*npm test\b/m);
});
