/** Reads settings from an environment one by one and collects every fault, so that all are reported at once. */
import { readFileSync } from 'node:fs';
import type { SettingName } from './settings.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Thrown by the parser of one value: what was expected and what was found, without the name of the variable. */
export class BadValue extends Error {
  override name = 'BadValue';
}

export class SettingsReader {
  readonly faults: string[] = [];
  readonly #env: Env;

  constructor(env: Env) {
    this.#env = env;
  }

  /** The parsed value, or `fallback` when the variable is unset, empty or wrong (which is recorded as a fault). */
  read<T, F>(name: SettingName, parse: (text: string) => T, fallback: F): T | F {
    try {
      const text = this.#text(name);
      return text === null ? fallback : parse(text);
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      this.fault(name, error.message);
      return fallback;
    }
  }

  /** True when the variable or its `_FILE` is set. */
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
