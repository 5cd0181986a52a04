/** docker-compose.yml as Compose reads it: merged, with `${NAME}` filled in from a given environment. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { root } from '../helpers/processes.ts';

export interface Service {
  image: string;
  logging?: { driver: string; options: Record<string, string> };
  volumes?: string[];
  command?: string[];
  environment?: Record<string, string | number>;
  profiles?: string[];
  ports?: string[];
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
  stop_grace_period?: string;
  deploy?: { replicas?: number };
}

export interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

export const composeFile = `${root}docker-compose.yml`;

/** Throws as Compose does when a variable with `:?` is unset or empty. Values are filled in after parsing. */
export function readCompose(env: Record<string, string>): Compose {
  return fillAll(parse(readFileSync(composeFile, 'utf8'), { merge: true }), env) as Compose;
}

function fillAll(value: unknown, env: Record<string, string>): unknown {
  if (typeof value === 'string') return fillText(value, env);
  if (Array.isArray(value)) return value.map((item) => fillAll(item, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fillAll(item, env)]));
}

function fillText(text: string, env: Record<string, string>): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, mark?: string, rest = '') => {
    if (env[name]) return env[name];
    if (mark === '?') throw new Error(`required variable ${name} is missing a value: ${rest}`);
    return mark === '-' ? rest : '';
  });
}

/** Every `${NAME}` of the file. */
export function variables(): string[] {
  return [...readFileSync(composeFile, 'utf8').matchAll(/\$\{(\w+)/g)].map(([, name]) => name as string);
}

/** `.env.example` as Compose would read it as `.env`; commented lines are left out. */
export function exampleEnv(): Record<string, string> {
  const lines = readFileSync(`${root}.env.example`, 'utf8').split('\n');
  const pairs = lines.map((line) => /^(\w+)=(.*)$/.exec(line)).filter((match) => match !== null);
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value.trim()]));
}
