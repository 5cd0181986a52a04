/**
 * Reads one condition of a segment:
 *
 *     subject ("=" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | "starts with" | "ends with") value
 *     subject ["not"] "in" "(" value { "," value } ")"        subject "is" ["not"] (value | "set")
 *     subject ("since" | "after" | "before") date             subject "within" number ("days" | "weeks" | ...)
 *     "tag" value        "got" issue        "segment" name
 */
import type { Expression, Operator, Subject, Word } from './expression.ts';
import { described, type Parser } from './parser.ts';
import { readSubject } from './subject.ts';
import { suggest } from './suggest.ts';

type Comparison = Expression & { kind: 'compare' };

export function readComparison(parser: Parser): Expression {
  const { next, afterNext } = parser;
  const leads = next.kind === 'word' && (afterNext.kind === 'word' || afterNext.kind === 'quoted');
  if (leads && (parser.sees('clicked') || parser.sees('opened'))) throw notCounted(parser);
  if (leads && parser.accept('got')) {
    parser.accept('issue');
    return { kind: 'got', issue: readValue(parser, 'the name of an issue') };
  }
  if (leads && parser.accept('segment'))
    return { kind: 'segment', name: readValue(parser, 'the name of a segment') };
  const { subject, value } = readSubject(parser);
  if (value) return equals(subject, [value]);
  if (subject.field === 'tag' && isPlainValue(parser)) return equals(subject, [readValue(parser)]);
  return readTest(parser, subject);
}

function readTest(parser: Parser, subject: Subject): Expression {
  const at = parser.next;
  const compare = (operator: Operator, values: readonly Word[]): Comparison => ({
    ...{ kind: 'compare', subject, operator, at, values },
  });
  if (parser.accept('=')) return equals(subject, [readValue(parser)]);
  if (parser.accept('!=')) return not(equals(subject, [readValue(parser)]));
  for (const sign of ['<', '<=', '>', '>='] as const)
    if (parser.accept(sign)) return compare(sign, [readValue(parser)]);
  for (const [word, sign] of [
    ['since', '>='],
    ['after', '>'],
    ['before', '<'],
  ] as const)
    if (parser.accept(word)) return compare(sign, [readValue(parser, 'a date')]);
  if (parser.accept('contains')) return compare('contains', [readValue(parser)]);
  for (const edge of ['starts', 'ends'] as const)
    if (parser.accept(edge, 'with')) return compare(`${edge} with`, [readValue(parser)]);
  if (parser.accept('not', 'in')) return not(equals(subject, readList(parser)));
  if (parser.accept('in')) return equals(subject, readList(parser));
  if (parser.accept('within')) return compare('within', [readDays(parser)]);
  if (parser.accept('is')) return readIs(parser, subject, compare);
  throw noOperator(parser, subject);
}

/** `is set`, `is not set`, `is empty`, `is VALUE`, `is not VALUE`. */
function readIs(
  parser: Parser,
  subject: Subject,
  compare: (operator: Operator, values: readonly Word[]) => Comparison,
): Expression {
  if (parser.accept('set') || parser.accept('not', 'empty')) return compare('set', []);
  if (parser.accept('not', 'set') || parser.accept('empty')) return not(compare('set', []));
  if (parser.accept('not')) return not(equals(subject, [readValue(parser)]));
  return equals(subject, [readValue(parser)]);
}

const equals = (subject: Subject, values: readonly Word[]): Comparison => ({
  ...{ kind: 'compare', subject, operator: '=', at: subject, values },
});

const not = (of: Expression): Expression => ({ kind: 'not', of });

/** After `tag`, where the sign may be left out. */
const isPlainValue = (parser: Parser): boolean =>
  parser.next.kind === 'quoted' ||
  (parser.next.kind === 'word' &&
    !['in', 'is', 'not', 'contains', 'starts', 'ends'].some((word) => parser.sees(word)));

function readValue(parser: Parser, what = 'a value'): Word {
  const token = parser.next;
  if (token.kind === 'word' || token.kind === 'quoted') {
    parser.take();
    return { text: token.text.normalize('NFC'), from: token.from, to: token.to };
  }
  throw parser.fault(`expected ${what}, found ${described(token)}`);
}

const MAX_VALUES = 500;

function readList(parser: Parser): Word[] {
  parser.expect('(');
  const values = [readValue(parser)];
  while (parser.accept(',')) values.push(readValue(parser));
  if (values.length > MAX_VALUES) throw parser.fault(`expected at most ${MAX_VALUES} values`);
  parser.expect(')');
  return values;
}

const DAYS: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, year: 365 };

/** `30 days`, as a number of days. */
function readDays(parser: Parser): Word {
  const number = readValue(parser, 'a number of days');
  if (!/^\d{1,5}$/.test(number.text))
    throw parser.fault(`expected a number such as 30, found "${number.text}"`, undefined, number);
  const unit = readValue(parser, 'days, weeks, months or years');
  const days = DAYS[unit.text.toLowerCase().replace(/s$/, '')];
  if (days === undefined)
    throw parser.fault(`expected days, weeks, months or years, found "${unit.text}"`, undefined, unit);
  return { text: String(Number(number.text) * days), from: number.from, to: unit.to };
}

function notCounted(parser: Parser) {
  return parser.fault(
    `"${parser.next.text}" is not possible: Postrider does not count who opens or clicks`,
    'to reach people who were sent an issue, write: got ISSUE',
  );
}

const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'contains', 'starts with', 'ends with'];
const OTHER_OPERATORS = ['is set', 'is not set', 'since', 'before', 'after', 'within'];

function noOperator(parser: Parser, { name, field }: Subject) {
  const { next } = parser;
  const all = [...OPERATORS, ...OTHER_OPERATORS];
  const hint =
    next.kind === 'word'
      ? `did you mean ${suggest(next.text, all.slice(6))
          .map((one) => `"${one}"`)
          .join(' or ')}?`
      : undefined;
  return parser.fault(
    `expected one of ${all.join(', ')} after "${field === 'attribute' ? name : field}", found ${described(next)}`,
    hint,
  );
}
