import { describe, expect, test } from 'vitest';
import { decide, type Facts, SOFT_DAYS, SOFT_ISSUES } from '../../src/feedback/policy.ts';
import type { FeedbackClass } from '../../src/feedback/report.ts';
import { countFailures } from '../../src/feedback/soft-failures.ts';

const facts: Facts = {
  found: true,
  proven: true,
  sameAddress: true,
  soft: { issues: 1, days: 0 },
  providerSuspect: false,
};
const worn = { issues: SOFT_ISSUES, days: SOFT_DAYS };

describe('the policy', () => {
  test.each<[FeedbackClass, Partial<Facts>, string, string | null]>([
    ['hard', {}, 'suppressed', 'bounce'],
    ['hard', { providerSuspect: true }, 'quarantined', null],
    ['hard', { sameAddress: false }, 'counted', null],
    ['hard', { sameAddress: false, soft: worn }, 'suppressed', 'bounce'],
    ['feedback', { providerSuspect: true, sameAddress: false }, 'suppressed', 'complaint'],
    ['soft', {}, 'counted', null],
    ['soft', { soft: { ...worn, issues: SOFT_ISSUES - 1 } }, 'counted', null],
    ['soft', { soft: { ...worn, days: SOFT_DAYS - 0.1 } }, 'counted', null],
    ['soft', { soft: worn }, 'suppressed', 'bounce'],
    ['block', { soft: worn, providerSuspect: true }, 'counted', null],
    ['vacation', {}, 'none', null],
    ['other', {}, 'none', null],
  ])('%s with %o: %s', (what, more, action, suppress) => {
    expect(decide(what, { ...facts, ...more })).toMatchObject({ action, suppress });
  });

  test.each<FeedbackClass>(['hard', 'feedback', 'soft', 'block'])(
    '%s without a proof, or about no mail of ours, suppresses and notes nothing',
    (what) => {
      for (const more of [{ proven: false }, { found: false, proven: false }])
        expect(decide(what, { ...facts, soft: worn, ...more })).toMatchObject({
          suppress: null,
          feedback: null,
        });
    },
  );
});

describe('soft failures', () => {
  const day = (n: number, failed: boolean) => ({ issue: n, at: new Date(Date.UTC(2026, 0, 60 - n)), failed });

  test('count back to two clean sends in a row', () => {
    const sent = [day(0, true), day(7, false), day(14, true), day(21, true)];
    expect(countFailures(sent)).toEqual({ issues: 3, days: 21 });
    expect(countFailures([...sent.slice(0, 2), day(10, false), ...sent.slice(2)])).toEqual({
      issues: 1,
      days: 0,
    });
  });

  test('of nobody are none', () => {
    expect(countFailures([])).toEqual({ issues: 0, days: 0 });
    expect(countFailures([day(0, false), day(7, false)])).toEqual({ issues: 0, days: 0 });
  });
});
