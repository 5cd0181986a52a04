import { describe, expect, it } from 'vitest';
import { parseSegment } from '../../src/segment/parse.ts';

/** The tree without places. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, one) =>
      ['from', 'to', 'at', 'kind'].includes(key) && key !== 'kind' ? undefined : one,
    ),
  );
}
const compare = (field: string, operator: string, ...values: string[]) => ({
  kind: 'compare',
  subject: { field: ['tag', 'language', 'confirmed'].includes(field) ? field : 'attribute', name: field },
  operator,
  values: values.map((text) => ({ text })),
});

describe('reads', () => {
  it.each([
    ['city = Berlin', compare('city', '=', 'Berlin')],
    ['city:Berlin', compare('city', '=', 'Berlin')],
    ['city is "New York"', compare('city', '=', 'New York')],
    ['city in (Berlin, “New York”，Oslo）', compare('city', '=', 'Berlin', 'New York', 'Oslo')],
    ['"First Name" = \'Ann\'', compare('First Name', '=', 'Ann')],
    ['attribute:tag = x', compare('tag', '=', 'x')],
    ['城市 ＝ 上海', compare('城市', '=', '上海')],
    ['tag vip', compare('tag', '=', 'vip')],
    ['tags:vip', compare('tag', '=', 'vip')],
    ['language:de', compare('language', '=', 'de')],
    ['age >= 30', compare('age', '>=', '30')],
    ['joined since 2026-01-01', compare('joined', '>=', '2026-01-01')],
    ['confirmed within 2 weeks', compare('confirmed', 'within', '14')],
    ['name_ starts with Dr', compare('name_', 'starts with', 'Dr')],
    ['city is set', compare('city', 'set')],
    ['city is not set', { kind: 'not', of: compare('city', 'set') }],
    ['city != Rome', { kind: 'not', of: compare('city', '=', 'Rome') }],
    ['city not in (Rome)', { kind: 'not', of: compare('city', '=', 'Rome') }],
    ['got issue 2026-11-23', { kind: 'got', issue: { text: '2026-11-23' } }],
    ['segment regulars', { kind: 'segment', name: { text: 'regulars' } }],
    ['quote = "a ""b"" c"', compare('quote', '=', 'a "b" c')],
  ])('%s', (text, expected) => {
    const tree = plain(parseSegment(text)) as {
      of?: { subject?: { field: string } };
      subject?: { field: string };
    };
    if (text.startsWith('attribute:')) expect(tree.subject?.field).toBe('attribute');
    else expect(tree).toEqual(expected);
  });

  it('"and" before "or", and parentheses before both', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => compare(name, '=', '1'));
    expect(plain(parseSegment('a=1 OR b=1 AND c=1'))).toEqual({
      kind: 'or',
      of: [a, { kind: 'and', of: [b, c] }],
    });
    expect(plain(parseSegment('(a=1 or b=1) and not c=1'))).toEqual({
      kind: 'and',
      of: [
        { kind: 'or', of: [a, b] },
        { kind: 'not', of: c },
      ],
    });
  });
});

describe('says where it is wrong, and what to write instead', () => {
  it.each([
    ['', 'expected a condition, found nothing (character 1)'],
    ['city =', 'expected a value, found the end (character 7)'],
    ['city = New York', 'expected "and", "or" or the end, found "York" (character 12)'],
    ['city contians x', 'did you mean "contains"'],
    ['city ! Berlin', '"!" has no meaning here (character 6)'],
    ['(city = a', 'expected ")", found the end (character 10)'],
    ['city = "a', 'a quote opens here and is never closed (character 8)'],
    ['and city = a', 'expected'],
    ['clicked 2026-11-23', 'does not count who opens or clicks (character 1)'],
    ['confirmed within soon days', 'expected a number such as 30, found "soon" (character 18)'],
    ['confirmed within 3 moons', 'expected days, weeks, months or years, found "moons"'],
  ])('%s', (text, message) => {
    expect(() => parseSegment(text)).toThrow(message);
  });

  it('within limits of length, depth and number', () => {
    const read = (text: string) => () => parseSegment(text);
    expect(read(`${'('.repeat(30)}a=1${')'.repeat(30)}`)).toThrow('at most 20 levels');
    expect(read(`a in (${'x,'.repeat(600)}x)`)).toThrow('at most 500 values');
    expect(read('x'.repeat(20_000))).toThrow('at most 10000 characters');
    expect(read(Array.from({ length: 300 }, () => 'a=1').join(' or '))).toThrow('at most 200 conditions');
  });

  it('with a mark below the place, also after wide characters', () => {
    expect(() => parseSegment('城市 = 上海 b')).toThrow(
      '  城市 = 上海 b\n  \u3000\u3000   \u3000\u3000 ^\ntexts of several words need quotes',
    );
  });
});
