/** `postrider relay set`: limits and warm-up, stored in the database, which override those of SMTP_URL. */

import type { Program } from '../../bootstrap.ts';
import { BadValue } from '../../config/reader.ts';
import { readTerm, termNames } from '../../config/relay-terms.ts';
import { Refused, Usage } from '../../errors.ts';
import { endBackoffByHand } from '../../ledger/relays/backoff.ts';
import { overrideTerms, type RelayOverrides } from '../../ledger/relays/settings.ts';
import { startWarmUp } from '../../ledger/relays/warm-up.ts';
import type { OpenContext } from '../context.ts';
import { findRelay } from './find.ts';
import { showRelay } from './list.ts';

type Options = Readonly<Record<string, string | undefined>>;

export async function set(open: OpenContext, name: string, options: Options): Promise<void> {
  const terms = readTerms(options);
  const warmUp = readWarmUp(options);
  const endsBackoff = readBackoffOff(options.rest);
  if (Object.keys(terms).length === 0 && warmUp === null && !endsBackoff)
    throw new Usage(`say what to change: --${termNames.join(', --')}, --warm-up, --rest off`);
  const { program } = await open();
  const relay = findRelay(program, name);
  if (warmUp?.steps && relay.settings.for === 'service')
    throw new Refused(
      'not-for-issues',
      `"${name}" takes service mails only (for=service): they need no warm-up`,
    );
  await program.db.transaction().execute(async (trx) => {
    await overrideTerms(trx, name, terms);
    if (endsBackoff) await endBackoffByHand(trx, name);
    if (warmUp) await startWarmUp(trx, name, warmUp.steps, warmUpPosition(warmUp, await today(program)));
  });
  await showRelay(program, relay);
}

function readBackoffOff(text: string | undefined): boolean {
  if (text !== undefined && text !== 'off')
    throw new Usage(`--rest: expected off, which ends a rest, got "${text}"`);
  return text === 'off';
}

function readTerms(options: Options): Partial<RelayOverrides> {
  const terms: Partial<RelayOverrides> = {};
  for (const name of termNames) {
    const text = options[name];
    if (text === '') Object.assign(terms, { [name]: null });
    else if (text !== undefined)
      Object.assign(
        terms,
        asUsageError(`--${name}`, () => readTerm(name, text)),
      );
  }
  return terms;
}

function asUsageError<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadValue) throw new Usage(`${option}: ${error.message}`, { cause: error });
    throw error;
  }
}

interface WarmUpSteps {
  steps: number[] | null;
  /** `YYYY-MM-DD` */
  start: string | null;
}

function readWarmUp({ warmUp, warmUpStart }: Options): WarmUpSteps | null {
  if (warmUp === undefined && warmUpStart !== undefined)
    throw new Usage('--warm-up-start: give the steps too, with --warm-up');
  if (warmUp === undefined) return null;
  const start = warmUpStart ?? null;
  if (start !== null && !/^\d{4}-\d{2}-\d{2}$/.test(start))
    throw new Usage(`--warm-up-start: expected a day such as 2026-11-20, got "${start}"`);
  return { steps: readSteps(warmUp), start };
}

/** A relay that takes this many messages per day needs no further step. */
const WARM_PER_DAY = 1_000_000;
const MAX_STEPS = 100;

/** `50,100,500`, or `200x2`: 200 on the first day, then twice as many each day. Null: off. */
function readSteps(text: string): number[] | null {
  if (text === 'off' || text === '') return null;
  const growing = /^(\d{1,7})x(\d(?:\.\d{1,2})?)$/.exec(text);
  const steps = growing ? growingSteps(Number(growing[1]), Number(growing[2])) : text.split(',').map(Number);
  const right = steps.every(
    (step, at) => Number.isSafeInteger(step) && step > 0 && step >= (steps[at - 1] ?? 1),
  );
  if (right && steps.length > 0 && steps.length <= MAX_STEPS) return steps;
  throw new Usage(
    `--warm-up: expected growing numbers of messages per day, such as 50,100,500,1000 or 200x2 (up to ${MAX_STEPS} steps), got "${text}"`,
  );
}

function growingSteps(first: number, factor: number): number[] {
  const steps: number[] = [];
  for (
    let step = first;
    step > 0 && step < WARM_PER_DAY && factor > 1 && steps.length < MAX_STEPS;
    step *= factor
  )
    steps.push(Math.floor(step));
  return steps;
}

/** Each day since the start counts as a step. */
function warmUpPosition({ start }: WarmUpSteps, now: string): { stage: number; since: Date | null } {
  if (start === null) return { stage: 1, since: null };
  const days = Math.round((Date.parse(now) - Date.parse(start)) / 86_400_000);
  if (!(days >= 0))
    throw new Usage(
      `--warm-up-start: expected a day that is not in the future, got "${start}" (today is ${now})`,
    );
  return { stage: days + 1, since: null };
}

const today = async (program: Program): Promise<string> => program.clock.now().toISOString().slice(0, 10);
