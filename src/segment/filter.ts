/** A segment whose names are looked up and whose values are checked: plain data that can be stored with a send. */
import type { Field, Operator } from './expression.ts';

export const ATTRIBUTE_TYPES = ['text', 'number', 'date', 'boolean'] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];

export type Filter =
  | { kind: 'and' | 'or'; of: readonly Filter[] }
  | { kind: 'not'; of: Filter }
  | { kind: 'attribute'; name: string; type: AttributeType; operator: Operator; values: readonly string[] }
  /** Values of `confirmed` are days. */
  | { kind: 'field'; field: Field; operator: Operator; values: readonly string[] }
  /** The id of an issue. */
  | { kind: 'got'; issue: number };

/** As an order froze it: what was written, and what it means. */
export interface Segment {
  /** Null: an expression was given. */
  name: string | null;
  expression: string;
  filter: Filter;
  /** The newsletter's time zone: a day begins there. */
  timezone: string;
  /** Ids of the issues that it asks about. */
  issues: readonly number[];
}
