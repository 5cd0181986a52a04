/** Takes settings out of an environment one by one and gathers every fault, so that all are told at once. */
import { readFileSync } from 'node:fs';
import type { SettingName } from './settings.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Thrown by the parser of one value; says what was expected and what was found, without the variable's name. */
export class BadValue extends Error {
  override name = 'BadValue';
}

export class SettingsReader {
  readonly faults: string[] = [];
  readonly #env: Env;

  constructor(env: Env) {
    this.#env = env;
  }

  /** The parsed value, or `absent` when the variable is unset, empty or wrong (a wrong one is kept as a fault). */
  read<T, A>(name: SettingName, parse: (text: string) => T, absent: A): T | A {
    try {
      const text = this.#text(name);
      return text === null ? absent : parse(text);
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      this.fault(name, error.message);
      return absent;
    }
  }

  /** True when the variable, or the file that stands for it, was given at all. */
  has(name: SettingName): boolean {
    return this.#given(name) !== null || this.#given(`${name}_FILE`) !== null;
  }

  fault(name: SettingName, text: string): void {
    this.faults.push(`${name}: ${text}`);
  }

  #given(name: string): string | null {
    return this.#env[name]?.trim() || null;
  }

  #text(name: SettingName): string | null {
    const value = this.#given(name);
    const file = this.#given(`${name}_FILE`);
    if (value !== null && file !== null)
      throw new BadValue(`expected either ${name} or ${name}_FILE, found both`);
    return file === null ? value : readValueFile(name, file);
  }
}

function readValueFile(name: SettingName, file: string): string {
  const expected = `expected ${name}_FILE to name a readable file with a value`;
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new BadValue(`${expected}, found "${file}" (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
  if (text === '') throw new BadValue(`${expected}, found "${file}" to be empty`);
  return text;
}
