/**
 * Checks the syntax tree of a theme and replaces each statement on a slot with a call of the internal helper `slot`.
 * A block on a slot becomes `open`, its body (resolved now, with markers for the slots in it), `else` and `close`.
 */
import type Handlebars from 'handlebars';
import { Refused } from '../../errors.ts';
import { blockHelpers, valueHelpers } from './helpers.ts';
import {
  fault,
  helperName,
  isCall,
  isPath,
  nowRoots,
  type Phase,
  phaseOf,
  phaseOfArguments,
  type Scope,
  unknownHelper,
} from './phase.ts';
import { argumentPieces, slotCall, sourcePieces } from './slot-call.ts';

type Expression = hbs.AST.Expression;
type Statement = hbs.AST.Statement;

/** Parses and rewrites a theme or a partial. Throws Refused('template', 'file:line: ...'). */
export function rewriteTheme(
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
    throw new Refused('template', `${file}:${line}: ${readable(message)}`, { cause: error });
  }
}

/** Handlebars describes the place in three lines, and then lists every token that it would have accepted. */
function readable(message: string): string {
  const [, place, token] = /^Parse error on line \d+:\n([^\n]*)\n.*, got '(.*)'$/s.exec(message) ?? [];
  if (place === undefined) return message;
  return token === 'EOF'
    ? 'the file ends before every block is closed'
    : `unexpected ${token} near "${place}"`;
}

/** Drops `chained`: the block of an `{{else if}}` may have become markers, and `parse` already handled white space. */
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
      throw fault(scope, statement, 'themes cannot use decorators such as {{#*inline}}: use a partial');
  }
}

function mustache(statement: hbs.AST.MustacheStatement, scope: Scope): Statement {
  const value = asExpression(statement, scope);
  if (isCall(value) && helperName(value, scope) === 't')
    return { ...statement, hash: translated(value, scope) } as Statement;
  if (phaseOf(value, scope) === 'now') return statement;
  if (!statement.escaped) throw fault(scope, statement, 'reader values are always escaped: use two braces');
  return slotCall('print', ['{{', ...sourcePieces(value, scope), '}}'], statement, scope);
}

/** The mustache as an expression: a path, or a helper with its arguments. */
function asExpression(statement: hbs.AST.MustacheStatement, scope: Scope): Expression {
  const path = statement.path as Expression;
  const hasArguments = statement.params.length > 0 || (statement.hash?.pairs.length ?? 0) > 0;
  if (!isPath(path)) throw fault(scope, statement, 'expected a name, got a string or a number');
  if (!hasArguments && !valueHelpers.includes(path.original) && path.original !== 't') return path;
  return { ...statement, type: 'SubExpression' } as Expression;
}

/** `{{t 'hello' name=reader.name}}`: the words are known now, with a marker for the slot in them. */
function translated(call: hbs.AST.SubExpression, scope: Scope): hbs.AST.Hash {
  if (call.params.length !== 1 || phaseOf(call.params[0]!, scope) === 'later') {
    throw fault(
      scope,
      call,
      `{{t}} takes one key that all readers share, as in {{t 'hello' name=reader.name}}`,
    );
  }
  return {
    ...call.hash,
    type: 'Hash',
    pairs: (call.hash?.pairs ?? []).map((pair) => wordValue(pair, scope)),
  };
}

function wordValue(pair: hbs.AST.HashPair, scope: Scope): hbs.AST.HashPair {
  if (phaseOf(pair.value, scope) === 'now') return pair;
  const value = {
    ...slotCall('print', ['{{', ...sourcePieces(pair.value, scope), '}}'], pair, scope),
    type: 'SubExpression',
  };
  return { ...pair, value };
}

function block(statement: hbs.AST.BlockStatement, scope: Scope): Statement[] {
  const name = helperName(statement, scope);
  const helper = blockHelpers[name];
  if (!helper) throw notABlock(statement, name, scope);
  if (statement.params.length !== 1) throw fault(scope, statement, `{{#${name}}} takes one value`);
  const names = (statement.program ?? statement.inverse).blockParams ?? [];
  if (helper.names !== names.length > 0) throw fault(scope, statement, namingFault(name, helper.names));
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
    `{{#${name}}} is not a block helper: write {{#if ${name}}} or {{#each ${name} as |item|}}`,
  );
}

const namingFault = (name: string, isRequired: boolean): string =>
  isRequired
    ? `{{#${name}}} needs a name for its value, as in {{#${name} issue.tags as |tag|}}`
    : `{{#${name}}} cannot name a value: leave out "as |...|"`;

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
    slotCall(
      'open',
      [`{{#${name} `, ...argumentPieces(statement.params[0]!, outer), names, '}}'],
      statement,
      outer,
    ),
    ...body(statement.program, inner),
    ...(statement.inverse ? [slotCall('else', ['{{else}}'], statement, outer)] : []),
    ...body(statement.inverse, outer),
    slotCall('close', [`{{/${name}}}`], statement, outer),
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
    if (phaseOf(named, scope) === 'later') throw fault(scope, named, 'partials cannot differ per reader');
    return;
  }
  const name = String(named.original);
  if (name === '@partial-block' || scope.partials.includes(name)) return;
  throw fault(scope, named, `there is no partial "${name}" (there are: ${scope.partials.join(', ')})`);
}

function checkPartialValue(pair: hbs.AST.HashPair, scope: Scope): void {
  if (!nowRoots.includes(pair.key)) {
    throw fault(scope, pair, `"${pair.key}" cannot be passed to a partial (only: ${nowRoots.join(', ')})`);
  }
  if (phaseOf(pair.value, scope) === 'later')
    throw fault(scope, pair, 'a slot cannot be passed to a partial: use it inside the partial');
}
