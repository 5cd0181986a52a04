/**
 * The syntax tree of a theme, checked, with each slot statement replaced by a call of the inner helper `slot`.
 * A block on a slot becomes `open`, the body (still resolved now, slots in it again markers), `else`, `close`.
 */
import type Handlebars from 'handlebars';
import { Refused } from '../errors.ts';
import type { SlotTag } from './slots.ts';
import { blockHelpers, valueHelpers } from './slots-helpers.ts';
import {
  fault,
  helperName,
  isCall,
  isPath,
  nowRoots,
  type Phase,
  phaseOf,
  phaseOfArguments,
  place,
  type Scope,
  unknownHelper,
} from './slots-phase.ts';
import { pathSource } from './slots-print.ts';

type Expression = hbs.AST.Expression;
type Statement = hbs.AST.Statement;

/** Text of a tag, with expressions between that are known now. */
type Piece = string | Expression;

/** Parses and rewrites a theme or a partial. Throws Refused('template', 'file:line: ...'). */
export function rewrite(
  handlebars: typeof Handlebars,
  source: string,
  file: string,
  partials: readonly string[],
): hbs.AST.Program {
  const scope: Scope = { file, partials, names: new Map(), loop: null };
  return program(parse(handlebars, source, file), scope);
}

function parse(handlebars: typeof Handlebars, source: string, file: string): hbs.AST.Program {
  try {
    return handlebars.parse(source);
  } catch (error) {
    const { message, lineNumber } = error as { message: string; lineNumber?: number };
    const line = lineNumber ?? /line (\d+)/.exec(message)?.[1] ?? 1;
    const text = message.replace(/^Parse error on line \d+:\n/, '').replaceAll(/\s*\n\s*/g, ' ');
    throw new Refused('template', `${file}:${line}: ${text}`, { cause: error });
  }
}

/** `chained` goes: the block of an `{{else if}}` may have become markers, and white space was seen to by `parse`. */
function program(tree: hbs.AST.Program, scope: Scope): hbs.AST.Program {
  return {
    ...tree,
    chained: false,
    body: tree.body.flatMap((statement) => rewriteStatement(statement, scope)),
  } as hbs.AST.Program;
}

function rewriteStatement(statement: Statement, scope: Scope): Statement[] {
  switch (statement.type) {
    case 'ContentStatement':
    case 'CommentStatement':
      return [statement];
    case 'MustacheStatement':
      return [mustache(statement as hbs.AST.MustacheStatement, scope)];
    case 'BlockStatement':
      return block(statement as hbs.AST.BlockStatement, scope);
    case 'PartialStatement':
    case 'PartialBlockStatement':
      return [partial(statement as hbs.AST.PartialBlockStatement, scope)];
    default:
      throw fault(scope, statement, 'decorators such as {{#*inline}} are not for themes: use a partial');
  }
}

function mustache(statement: hbs.AST.MustacheStatement, scope: Scope): Statement {
  const value = asExpression(statement, scope);
  if (isCall(value) && helperName(value, scope) === 't')
    return { ...statement, hash: translated(value, scope) } as Statement;
  if (phaseOf(value, scope) === 'now') return statement;
  if (!statement.escaped)
    throw fault(scope, statement, 'what a reader sees is always escaped: use two braces');
  return marker('print', ['{{', ...bare(value, scope), '}}'], statement, scope);
}

/** A mustache as an expression: a path, or a helper with its arguments. */
function asExpression(statement: hbs.AST.MustacheStatement, scope: Scope): Expression {
  const path = statement.path as Expression;
  const takes = statement.params.length > 0 || (statement.hash?.pairs.length ?? 0) > 0;
  if (!isPath(path)) throw fault(scope, statement, 'expected a name, got a text or a number');
  if (!takes && !valueHelpers.includes(path.original) && path.original !== 't') return path;
  return { ...statement, type: 'SubExpression' } as Expression;
}

/** `{{t 'hello' name=reader.name}}`: the words are known now, the slot stands in them as a marker. */
function translated(call: hbs.AST.SubExpression, scope: Scope): hbs.AST.Hash {
  if (call.params.length !== 1 || phaseOf(call.params[0]!, scope) === 'later') {
    throw fault(
      scope,
      call,
      `{{t}} takes one key that all readers share, as in {{t 'hello' name=reader.name}}`,
    );
  }
  const pairs = (call.hash?.pairs ?? []).map((pair) => {
    if (phaseOf(pair.value, scope) === 'now') return pair;
    return {
      ...pair,
      value: {
        ...marker('print', ['{{', ...bare(pair.value, scope), '}}'], pair, scope),
        type: 'SubExpression',
      },
    };
  });
  return { ...call.hash, type: 'Hash', pairs };
}

function block(statement: hbs.AST.BlockStatement, scope: Scope): Statement[] {
  const name = helperName(statement, scope);
  const helper = blockHelpers[name];
  if (!helper) throw notABlock(statement, name, scope);
  if (statement.params.length !== 1) throw fault(scope, statement, `{{#${name}}} takes one value`);
  const names = (statement.program ?? statement.inverse).blockParams ?? [];
  if (helper.names !== names.length > 0) throw fault(scope, statement, naming(name, helper.names));
  const phase = phaseOfArguments(statement, scope);
  const inner = innerScope(scope, names, phase, name);
  return phase === 'now' ? [nowBlock(statement, inner, scope)] : laterBlock(statement, name, inner, scope);
}

function notABlock(statement: hbs.AST.BlockStatement, name: string, scope: Scope): Refused {
  const first = name.split('.')[0]!;
  if (![...nowRoots, 'reader', 'link', ...scope.names.keys()].includes(first))
    return unknownHelper(statement, name, scope);
  return fault(
    scope,
    statement,
    `{{#${name}}} is no block: write {{#if ${name}}} or {{#each ${name} as |item|}}`,
  );
}

const naming = (name: string, wanted: boolean): string =>
  wanted
    ? `{{#${name}}} names what it holds, as in {{#${name} issue.tags as |tag|}}`
    : `{{#${name}}} has nothing to name: leave out "as |...|"`;

function innerScope(scope: Scope, names: readonly string[], phase: Phase, helper: string): Scope {
  const inner = new Map([...scope.names, ...names.map((name) => [name, phase] as const)]);
  return { ...scope, names: inner, loop: helper === 'each' ? phase : scope.loop };
}

function nowBlock(statement: hbs.AST.BlockStatement, inner: Scope, outer: Scope): Statement {
  return {
    ...statement,
    program: statement.program && program(statement.program, inner),
    inverse: statement.inverse && program(statement.inverse, outer),
  } as Statement;
}

function laterBlock(
  statement: hbs.AST.BlockStatement,
  name: string,
  inner: Scope,
  outer: Scope,
): Statement[] {
  const names = statement.program?.blockParams?.length
    ? ` as |${statement.program.blockParams.join(' ')}|`
    : '';
  const body = (tree: hbs.AST.Program | undefined, scope: Scope) => (tree ? program(tree, scope).body : []);
  return [
    marker('open', [`{{#${name} `, ...argument(statement.params[0]!, outer), names, '}}'], statement, outer),
    ...body(statement.program, inner),
    ...(statement.inverse ? [marker('else', ['{{else}}'], statement, outer)] : []),
    ...body(statement.inverse, outer),
    marker('close', [`{{/${name}}}`], statement, outer),
  ];
}

function partial(statement: hbs.AST.PartialBlockStatement, scope: Scope): Statement {
  checkPartialName(statement.name, scope);
  if (statement.params.length > 0)
    throw fault(scope, statement, 'a partial takes its values by name: {{> item block=item}}');
  for (const pair of statement.hash?.pairs ?? []) checkPartialValue(pair, scope);
  return statement.program
    ? ({ ...statement, program: program(statement.program, scope) } as Statement)
    : statement;
}

function checkPartialName(named: hbs.AST.PathExpression | hbs.AST.SubExpression, scope: Scope): void {
  if (isCall(named)) {
    if (phaseOf(named, scope) === 'later') throw fault(scope, named, 'every reader gets the same partials');
    return;
  }
  const name = String(named.original);
  if (name === '@partial-block' || scope.partials.includes(name)) return;
  throw fault(scope, named, `there is no partial "${name}" (there are: ${scope.partials.join(', ')})`);
}

function checkPartialValue(pair: hbs.AST.HashPair, scope: Scope): void {
  if (!nowRoots.includes(pair.key)) {
    throw fault(scope, pair, `"${pair.key}" cannot be given to a partial (only: ${nowRoots.join(', ')})`);
  }
  if (phaseOf(pair.value, scope) === 'later')
    throw fault(scope, pair, 'a slot is not given to a partial: use it there');
}

/** An expression that is known later, as source; what is known now inside it stays an expression. */
function bare(expression: Expression, scope: Scope): Piece[] {
  if (isPath(expression)) return [pathText(expression, scope)];
  const call = expression as hbs.AST.SubExpression;
  const name = helperName(call, scope);
  if (name === 't') throw fault(scope, call, '{{t}} with a slot in it cannot stand inside another helper');
  const params = call.params.flatMap((value) => [' ', ...argument(value, scope)]);
  const pairs = (call.hash?.pairs ?? []).flatMap((pair) => [` ${pair.key}=`, ...argument(pair.value, scope)]);
  return [name, ...params, ...pairs];
}

function argument(expression: Expression, scope: Scope): Piece[] {
  if (phaseOf(expression, scope) === 'now') return [expression];
  return isCall(expression) ? ['(', ...bare(expression, scope), ')'] : bare(expression, scope);
}

/** Inside a slot's `each` or `with`, plain Handlebars sees another context: paths go by the root there. */
function pathText(path: hbs.AST.PathExpression, scope: Scope): string {
  const source = pathSource(path.parts);
  if (path.data) return `@${source}`;
  const insideNames = [...scope.names.values()].includes('later');
  return insideNames && !scope.names.has(path.parts[0]!) ? `@root.${source}` : source;
}

function marker(kind: SlotTag['kind'], pieces: Piece[], node: hbs.AST.Node, scope: Scope): Statement {
  const { loc } = node;
  const text = (value: string) => ({ type: 'StringLiteral', value, original: value, loc });
  const params = [
    text(kind),
    text(place(scope, node)),
    ...alternate(pieces).map((p) => (typeof p === 'string' ? text(p) : p)),
  ];
  const path = { type: 'PathExpression', data: false, depth: 0, parts: ['slot'], original: 'slot', loc };
  const strip = { open: false, close: false };
  return { type: 'MustacheStatement', path, params, escaped: false, strip, loc } as Statement;
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
