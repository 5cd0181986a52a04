import { describe, expect, it } from 'vitest';
import { readWhen, type When } from '../../../src/issue/calendar/when.ts';

function shown(when: When | null): string | null {
  if (!when) return null;
  const clock = ({ hour, minute }: When['start']) => `${hour}:${String(minute).padStart(2, '0')}`;
  const end = when.end ? `-${clock(when.end)}` : '';
  return `${when.year}-${when.month}-${when.day} ${clock(when.start)}${end}${when.zone ? ` ${when.zone}` : ''}`;
}

describe('when an event is', () => {
  it.each([
    ['2023-05-18 19:00-20:00', '2023-5-18 19:00-20:00'],
    ['2019年12月28日13:00-17:30', '2019-12-28 13:00-17:30'],
    ['2020年3月12日（周四）19:00-20:00', '2020-3-12 19:00-20:00'],
    ['5 月 18 日 19:00', '2022-5-18 19:00'],
    ['06 月 28 日 14:00 - 15:00', '2022-6-28 14:00-15:00'],
    ['5 月 8 日（下周一）20:00-21:30', '2022-5-8 20:00-21:30'],
    ['3 月 23 号（下周四）晚上 19 点', '2022-3-23 19:00'],
    ['3 月 23 日晚上 7 点半至 9 点', '2022-3-23 19:30-21:00'],
    ['3 月 29 号下午 14 点', '2022-3-29 14:00'],
    ['1 月 5 日 10:00（北京时间）', '2022-1-5 10:00 Asia/Shanghai'],
    ['May 18, 2026, 19:00 UTC', '2026-5-18 19:00 +00:00'],
    ['Tuesday, May 18 7:30 pm', '2022-5-18 19:30'],
    ['18 May 2026 09:00 - 10:00 +02:00', '2026-5-18 9:00-10:00 +02:00'],
    ['2026-05-18T19:00:00Z', '2026-5-18 19:00 +00:00'],
    ['2026-05-18 23:00-01:00', '2026-5-18 23:00'],
  ])('is read from %s', (text, expected) => {
    expect(shown(readWhen(text, '2022-04-01'))).toBe(expected);
  });

  it('is of the next year where this one has gone by', () => {
    expect(shown(readWhen('1 月 5 日 10:00', '2022-12-30'))).toBe('2023-1-5 10:00');
  });

  it.each([
    ['每周三、周四晚上 19:00-20:00'],
    ['8 月 29 日周四晚'],
    ['8 月 29 日 7 点'],
    ['2022-02-29 19:00'],
    ['2026-05-18 25:00'],
    ['2026-05-18 19:00 PST'],
    ['2026-05-18 19:00 至 2026-05-20 12:00'],
    ['5/18 19:00'],
    ['soon'],
    [''],
  ])('is not guessed from %j', (text) => {
    expect(readWhen(text, '2022-04-01')).toBeNull();
  });

  it('has no year where nobody says one', () => {
    expect(readWhen('5 月 18 日 19:00', null)).toBeNull();
  });
});
