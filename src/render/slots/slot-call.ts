/** A slot's tag as a call of the inner helper `slot`, which prints its marker when the theme is rendered. */

import { pathSource } from './handlebars-source.ts';
import { fault, helperName, isCall, isPath, phaseOf, place, type Scope } from './phase.ts';
import type { SlotTag } from './slot-markers.ts';

type Expression = hbs.AST.Expression;

/** Text of a tag, with expressions between that are known now. */
export type Piece = string | Expression;

/** An expression that is known later, as source; what is known now inside it stays an expression. */
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

/** The same as an argument of a helper; one that is known now stays an expression as a whole. */
export function argumentPieces(expression: Expression, scope: Scope): Piece[] {
  if (phaseOf(expression, scope) === 'now') return [expression];
  return isCall(expression)
    ? ['(', ...sourcePieces(expression, scope), ')']
    : sourcePieces(expression, scope);
}

/** Inside a slot's `each` or `with`, plain Handlebars sees another context: paths go by the root there. */
function pathText(path: hbs.AST.PathExpression, scope: Scope): string {
  const source = pathSource(path.parts);
  if (path.data) return `@${source}`;
  const insideNames = [...scope.names.values()].includes('later');
  return insideNames && !scope.names.has(path.parts[0]!) ? `@root.${source}` : source;
}

/**
 * `{{{slot kind where source value source ...}}}`: pieces of source, and between them what is known now and becomes
 * a literal of the tag.
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

/** Texts joined so that texts and expressions take turns, a text first and last. */
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
