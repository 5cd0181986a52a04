/** Checks one comparison of a segment: does the attribute exist, and do operator and values fit its type? */
import type { Expression, Field, Operator, Word } from '../../segment/expression.ts';
import { FIELDS } from '../../segment/expression.ts';
import { segmentFault } from '../../segment/faults.ts';
import type { AttributeType, Filter } from '../../segment/filter.ts';
import { suggest } from '../../segment/suggest.ts';
import { booleanOf, dayValueOf, numberOf } from '../../segment/values.ts';
import { foldTag } from '../fields/tags.ts';
import type { KnownAttribute } from './attributes.ts';

type Comparison = Expression & { kind: 'compare' };

interface Checked {
  filter: Filter;
  used: KnownAttribute | null;
}

/** `text` is the whole segment, for messages. Throws Refused('bad-segment'). */
export function checkedComparison(
  text: string,
  comparison: Comparison,
  known: readonly KnownAttribute[],
): Checked {
  const { subject, operator } = comparison;
  if (subject.field === 'attribute') return checkedAttribute(text, comparison, known);
  const { field } = subject;
  if (field === 'confirmed') {
    const values = valuesOf(text, comparison, 'date');
    return { filter: { kind: 'field', field, operator, values }, used: null };
  }
  refuseOperator(text, comparison, TEXT_OPERATORS, `"${field}" is a text`);
  const values = comparison.values.map((value) => (field === 'tag' ? foldTag(value.text) : value.text));
  return { filter: { kind: 'field', field, operator, values }, used: null };
}

const TEXT_OPERATORS: readonly Operator[] = ['=', 'contains', 'starts with', 'ends with', 'set'];
const ORDER_OPERATORS: readonly Operator[] = ['=', '<', '<=', '>', '>=', 'set'];
const OPERATORS: Readonly<Record<AttributeType, readonly Operator[]>> = {
  text: TEXT_OPERATORS,
  number: ORDER_OPERATORS,
  date: [...ORDER_OPERATORS, 'within'],
  boolean: ['=', 'set'],
};

function checkedAttribute(text: string, comparison: Comparison, all: readonly KnownAttribute[]): Checked {
  const { subject, operator } = comparison;
  const known = all.find(({ name }) => name === subject.name) ?? onlyByCase(all, subject.name);
  if (!known) throw unknown(text, comparison, all);
  const { name } = known;
  const type = typeFor(known, comparison);
  const used = { ...known, type };
  const hint =
    type === 'text'
      ? `"${name}" is a text; if it holds numbers or dates, declare it: postrider attribute set NEWSLETTER ${quotedName(name)} --type number`
      : `"${name}" is a ${type}${known.declared ? '' : ' by its values'}`;
  refuseOperator(text, comparison, OPERATORS[type], hint);
  if (operator === 'set') return { filter: { kind: 'attribute', name, type, operator, values: [] }, used };
  return {
    filter: { kind: 'attribute', name, type, operator, values: valuesOf(text, comparison, type) },
    used,
  };
}

/**
 * A type that was only inferred gives way: `zip starts with 10` reads numbers as texts, and so does a value that is no
 * number.
 */
function typeFor({ type, declared }: KnownAttribute, { operator, values }: Comparison): AttributeType {
  if (declared || type === 'text' || operator === 'set') return type;
  if (!OPERATORS[type].includes(operator)) return TEXT_OPERATORS.includes(operator) ? 'text' : type;
  const fits = operator !== '=' || values.every((value) => READ[type](value.text) !== null);
  return fits ? type : 'text';
}

const READ: Readonly<Record<AttributeType, (text: string) => string | null>> = {
  text: (value) => value,
  number: numberOf,
  date: dayValueOf,
  boolean: booleanOf,
};

const EXPECTED: Readonly<Record<AttributeType, string>> = {
  text: 'a text',
  number: 'a number such as 30 or 1.5',
  date: 'a date such as 2026-11-23, today or "30 days ago"',
  boolean: 'true or false',
};

function valuesOf(text: string, { values, operator }: Comparison, type: AttributeType): string[] {
  return values.map((value) => {
    const read = operator === 'within' ? value.text : READ[type](value.text);
    if (read !== null) return read;
    throw segmentFault(text, value, `expected ${EXPECTED[type]}, found "${value.text.slice(0, 40)}"`);
  });
}

function refuseOperator(
  text: string,
  { operator, at }: Comparison,
  allowed: readonly Operator[],
  hint: string,
): void {
  if (allowed.includes(operator)) return;
  throw segmentFault(
    text,
    at,
    `"${operator}" does not fit here; expected one of ${allowed.join(', ')}`,
    hint,
  );
}

/** `City` for `city`, where only one attribute is called so. */
function onlyByCase(all: readonly KnownAttribute[], name: string): KnownAttribute | null {
  const like = all.filter((one) => one.name.toLowerCase() === name.toLowerCase());
  return like.length === 1 ? like[0]! : null;
}

function unknown(text: string, { subject }: Comparison, all: readonly KnownAttribute[]) {
  const fields: readonly Field[] = FIELDS;
  const names = suggest(subject.name, [...all.map(({ name }) => name), ...fields]);
  const hint = `did you mean ${names.map((name) => `"${name}"`).join(' or ')}?`;
  const span: Pick<Word, 'from' | 'to'> = subject;
  return segmentFault(text, span, `no reader has an attribute "${subject.name}"`, hint);
}

const quotedName = (name: string): string => (/^[\p{L}\p{N}_.-]+$/u.test(name) ? name : `"${name}"`);
