/**
 * Reads the text of a segment:
 *
 *     expression = condition { ("and" | "or") condition }     "and" binds tighter
 *     condition  = "not" condition | "(" expression ")" | comparison
 *
 * `comparison.ts` has the rest. Throws Refused('bad-segment') with the place and a suggestion.
 */
import { readComparison } from './comparison.ts';
import type { Expression } from './expression.ts';
import { described, Parser } from './parser.ts';

const MAX_DEPTH = 20;
const MAX_CONDITIONS = 200;

export function parseSegment(text: string): Expression {
  const parser = new Parser(text);
  if (parser.atEnd)
    throw parser.fault(
      'expected a condition, found nothing',
      'for example: city = Berlin and not tag = guest',
    );
  const reading = { parser, conditions: 0 };
  const expression = readAny(reading, 0);
  if (parser.atEnd) return expression;
  throw parser.fault(
    `expected "and", "or" or the end, found ${described(parser.next)}`,
    'texts of several words need quotes: city = "New York"',
  );
}

interface Reading {
  parser: Parser;
  conditions: number;
}

function readAny(reading: Reading, depth: number): Expression {
  return chain(reading, 'or', () => chain(reading, 'and', () => readCondition(reading, depth)));
}

function chain({ parser }: Reading, kind: 'and' | 'or', read: () => Expression): Expression {
  const first = read();
  const of = [first];
  while (parser.accept(kind)) of.push(read());
  return of.length === 1 ? first : { kind, of };
}

function readCondition(reading: Reading, depth: number): Expression {
  const { parser } = reading;
  if (depth > MAX_DEPTH) throw parser.fault(`expected at most ${MAX_DEPTH} levels of parentheses and "not"`);
  if (parser.accept('not')) return { kind: 'not', of: readCondition(reading, depth + 1) };
  if (parser.accept('(')) {
    const inner = readAny(reading, depth + 1);
    parser.expect(')');
    return inner;
  }
  if (++reading.conditions > MAX_CONDITIONS)
    throw parser.fault(`expected at most ${MAX_CONDITIONS} conditions`);
  return readComparison(parser);
}
