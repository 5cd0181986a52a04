/** Runs the checks side by side. Whatever one of them meets, the others still say what they found. */
import { type Check, type Finding, NotChecked, note, warning } from './check.ts';
import type { Situation } from './situation.ts';

export interface CheckedFinding extends Finding {
  check: string;
}

/** The findings of all checks, in the order of the checks. Takes no longer than the slowest check may. */
export async function runChecks(checks: readonly Check[], situation: Situation): Promise<CheckedFinding[]> {
  const found = await Promise.all(checks.map((check) => runCheck(check, situation)));
  return found.flatMap((findings, at) =>
    findings.map((finding) => ({ check: checks[at]!.name, ...finding })),
  );
}

async function runCheck(check: Check, situation: Situation): Promise<Finding[]> {
  const why = check.pointless?.(situation) ?? null;
  if (why !== null) return [note({ subject: 'not checked', expected: 'something to check', found: why })];
  try {
    return await within(check.limitMs, check.run(situation));
  } catch (cause) {
    if (cause instanceof NotChecked)
      return [note({ subject: 'not checked', expected: 'an answer', found: cause.message })];
    return [
      warning({
        subject: 'not checked',
        expected: `an answer within ${check.limitMs / 1_000} s`,
        found: cause instanceof Error ? cause.message : String(cause),
        change: 'run postrider doctor again; if it stays, look at the network between here and there',
      }),
    ];
  }
}

function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('none in time')), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
