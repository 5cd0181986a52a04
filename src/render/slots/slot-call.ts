/** Turns a slot's tag into a call of the internal helper `slot`, which prints its marker when the theme is rendered. */

import { pathSource } from './handlebars-source.ts';
import { fault, helperName, isCall, isPath, phaseOf, place, type Scope } from './phase.ts';
import type { SlotTag } from './slot-markers.ts';

type Expression = hbs.AST.Expression;

/** A piece of a tag: source text, or an expression that is known now. */
type Piece = string | Expression;

/** The source of an expression that is known later. Parts of it that are known now stay expressions. */
export function sourcePieces(expression: Expression, scope: Scope): Piece[] {
  if (isPath(expression)) return [pathText(expression, scope)];
  const call = expression as hbs.AST.SubExpression;
  const name = helperName(call, scope);
  if (name === 't') throw fault(scope, call, '{{t}} with a slot in it cannot stand inside another helper');
  const params = call.params.flatMap((value) => [' ', ...argumentPieces(value, scope)]);
  const pairs = (call.hash?.pairs ?? []).flatMap((pair) => [
    ` ${pair.key}=`,
    ...argumentPieces(pair.value, scope),
  ]);
  return [name, ...params, ...pairs];
}

/** Like `sourcePieces`, for an argument of a helper. An argument that is known now stays one expression. */
export function argumentPieces(expression: Expression, scope: Scope): Piece[] {
  if (phaseOf(expression, scope) === 'now') return [expression];
  return isCall(expression)
    ? ['(', ...sourcePieces(expression, scope), ')']
    : sourcePieces(expression, scope);
}

/** Inside `each` or `with` on a slot, plain Handlebars changes the context, so paths start at the root there. */
function pathText(path: hbs.AST.PathExpression, scope: Scope): string {
  const source = pathSource(path.parts);
  if (path.data) return `@${source}`;
  const insideNames = [...scope.names.values()].includes('later');
  return insideNames && !scope.names.has(path.parts[0]!) ? `@root.${source}` : source;
}

/**
 * `{{{slot kind where source value source ...}}}`: pieces of source with the values between them, which are known now
 * and become literals in the tag.
 */
export function slotCall(
  kind: SlotTag['kind'],
  pieces: Piece[],
  node: hbs.AST.Node,
  scope: Scope,
): hbs.AST.Statement {
  const { loc } = node;
  const text = (value: string) => ({ type: 'StringLiteral', value, original: value, loc });
  const params = [
    text(kind),
    text(place(scope, node)),
    ...alternate(pieces).map((p) => (typeof p === 'string' ? text(p) : p)),
  ];
  const path = { type: 'PathExpression', data: false, depth: 0, parts: ['slot'], original: 'slot', loc };
  const strip = { open: false, close: false };
  return { type: 'MustacheStatement', path, params, escaped: false, strip, loc } as hbs.AST.Statement;
}

/** Joins texts so that texts and expressions alternate, beginning and ending with a text. */
function alternate(pieces: Piece[]): Piece[] {
  const turns: Piece[] = [''];
  for (const piece of pieces) {
    const last = turns.at(-1)!;
    if (typeof piece === 'string' && typeof last === 'string') turns[turns.length - 1] = last + piece;
    else if (typeof piece === 'string') turns.push(piece);
    else turns.push(...(typeof last === 'string' ? [piece] : ['', piece]));
  }
  return typeof turns.at(-1) === 'string' ? turns : [...turns, ''];
}
