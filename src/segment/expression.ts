/** The tree of a segment as it was written, before its names are looked up. */
import type { Span } from './faults.ts';

export interface Word extends Span {
  text: string;
}

export type Operator =
  | '='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'contains'
  | 'starts with'
  | 'ends with'
  | 'set'
  | 'within';

/** Fields that every reader has. */
export const FIELDS = ['tag', 'language', 'email', 'domain', 'name', 'timezone', 'confirmed'] as const;
export type Field = (typeof FIELDS)[number];

export interface Subject extends Span {
  field: Field | 'attribute';
  /** The name of the attribute. */
  name: string;
}

export type Expression =
  | { kind: 'and' | 'or'; of: readonly Expression[] }
  | { kind: 'not'; of: Expression }
  /** `=` with several values: any of them. `within`: a number of days. */
  | { kind: 'compare'; subject: Subject; operator: Operator; at: Span; values: readonly Word[] }
  /** The issue of that name was accepted for the reader. */
  | { kind: 'got'; issue: Word }
  /** Another segment of the newsletter. */
  | { kind: 'segment'; name: Word };
