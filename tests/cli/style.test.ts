/** Colour is for terminals only, and never in the way of who reads the output by program. */
import { Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { heading, severityStyled, stateStyled } from '../../src/cli/style.ts';
import { facts, table } from '../../src/cli/text.ts';

const { getColorDepth } = WriteStream.prototype;
const stream = () => new Writable({ write: (_chunk, _encoding, done) => done() });
/** What a terminal that knows colours tells of itself, by Node's own reading of the environment. */
const terminal = () => Object.assign(stream(), { isTTY: true, getColorDepth });

const setEnv = (name: string, value: string | undefined) => vi.stubEnv(name, value);
beforeEach(() => {
  for (const name of ['FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS', 'CI']) setEnv(name, undefined);
  setEnv('TERM', 'xterm-256color');
});
afterEach(() => void vi.unstubAllEnvs());

const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
const yellow = (text: string) => `\u001b[33m${text}\u001b[39m`;
const green = (text: string) => `\u001b[32m${text}\u001b[39m`;
const bold = (text: string) => `\u001b[1m${text}\u001b[22m`;

test('on a terminal errors are red, warnings yellow, headings bold, and states have their colour', () => {
  expect(severityStyled('postrider: no issue weekly/1', terminal())).toBe(
    `${red('postrider:')} no issue weekly/1`,
  );
  expect(severityStyled('a.md:3:1: warning: no alt text (alt)\na.md:4: error: no', terminal())).toBe(
    `a.md:3:1: ${yellow('warning')}: no alt text (alt)\na.md:4: ${red('error')}: no`,
  );
  expect(severityStyled("error: unknown option '--jason'", terminal())).toBe(
    `${red('error')}: unknown option '--jason'`,
  );
  expect(severityStyled('the answer tells of an error', terminal())).toBe('the answer tells of an error');
  expect(stateStyled('sent', terminal())).toBe(green('sent'));
  expect(stateStyled('paused: by ann', terminal())).toBe(`${yellow('paused')}: by ann`);
  expect(stateStyled('draft', terminal())).toBe('draft');
  expect(heading('issue', terminal())).toBe(bold('issue'));
});

test('a pipe, NO_COLOR, a dumb terminal and FORCE_COLOR=0 take no colour; FORCE_COLOR takes it anywhere', () => {
  expect(heading('issue', stream())).toBe('issue');
  for (const [name, value] of [
    ['NO_COLOR', '1'],
    ['TERM', 'dumb'],
    ['FORCE_COLOR', '0'],
  ] as const) {
    setEnv(name, value);
    expect(heading('issue', terminal()), name).toBe('issue');
    expect(severityStyled(`${bold('x')} error: y`, terminal()), name).toBe('x error: y');
    setEnv(name, name === 'TERM' ? 'xterm' : undefined);
  }
  setEnv('FORCE_COLOR', '1');
  expect(heading('issue', stream())).toBe(bold('issue'));
});

test('columns stand as they stand without colour', () => {
  const renderAll = () => [
    table(
      ['issue', 'state', 'title'],
      [
        ['weekly/1', 'sent', '港口周报'],
        ['weekly/22', 'paused', 'Two'],
      ],
    ),
    facts([
      ['issue', 'weekly/1'],
      ['state', 'sent'],
    ]),
  ];
  setEnv('NO_COLOR', '1');
  const plain = renderAll();
  expect(plain[0]).toBe('issue      state   title\nweekly/1   sent    港口周报\nweekly/22  paused  Two');
  setEnv('NO_COLOR', undefined);
  setEnv('FORCE_COLOR', '1');
  const coloured = renderAll();
  expect(coloured[0]).toContain(bold('issue'));
  expect(coloured[0]).toContain(yellow('paused'));
  expect(coloured[1]).toContain(green('sent'));
  expect(coloured.map(stripVTControlCharacters)).toEqual(plain);
});
