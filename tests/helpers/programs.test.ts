import { afterEach, expect, test, vi } from 'vitest';
import { find, provide } from './setup/programs.ts';

const nothing = { what: 'a thing', names: ['no-such-program'], packages: ['one', 'two'] };

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('takes the first program that is on PATH', () => {
  expect(find({ ...nothing, names: ['no-such-program', 'sh', 'bash'] })).toMatch(/\/sh$/);
});

test('a setting goes before PATH, and is refused when it names nothing that runs', () => {
  const program = { ...nothing, setting: 'THING_PATH', names: ['sh'] };
  vi.stubEnv('THING_PATH', process.execPath);
  expect(find(program)).toBe(process.execPath);
  vi.stubEnv('THING_PATH', '/no/such/place');
  expect(() => find(program)).toThrow('THING_PATH=/no/such/place is no program that can be run');
});

test('a person on their own machine is told the one command that installs what is missing', () => {
  vi.stubEnv('CI', '');
  vi.spyOn(process, 'getuid').mockReturnValue(1000);
  expect(() => provide(nothing)).toThrow(
    "sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends one two'",
  );
});
