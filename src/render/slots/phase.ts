/**
 * When is the value of an expression in a theme known? `now`, if it only uses the issue, the newsletter, the theme or a
 * block; `later`, if it uses the reader or a link.
 */
import { Refused } from '../../errors.ts';
import { valueHelpers } from './helpers.ts';
import { checkSlotPath } from './slot-paths.ts';

export type Phase = 'now' | 'later';

/** What names mean at one place in a theme file. */
export interface Scope {
  file: string;
  /** The partials that `{{> name}}` may include. */
  partials: readonly string[];
  /** Names introduced by `as |x|`, and when their values are known. */
  names: ReadonlyMap<string, Phase>;
  /** When the innermost `each` runs, which `@index` belongs to. */
  loop: Phase | null;
}

export const nowRoots: readonly string[] = ['issue', 'newsletter', 'theme', 'block', 'notice'];
const laterRoots = ['reader', 'link'];
const loopData = ['index', 'key', 'first', 'last'];

/** A fault of a theme with its file and line. */
export function fault(scope: Scope, node: hbs.AST.Node, text: string): Refused {
  return new Refused('template', `${place(scope, node)}: ${text}`);
}

export function place(scope: Scope, node: hbs.AST.Node): string {
  return `${scope.file}:${node.loc.start.line}`;
}

/** The phase of an expression. Throws for an unknown name. */
export function phaseOf(expression: hbs.AST.Expression, scope: Scope): Phase {
  if (isPath(expression)) return phaseOfPath(expression, scope);
  if (isCall(expression)) return phaseOfCall(expression, scope);
  return 'now';
}

/** The phase of a call: `later` if any of its arguments is. */
function phaseOfCall(call: hbs.AST.SubExpression, scope: Scope): Phase {
  const name = helperName(call, scope);
  if (name !== 't' && !valueHelpers.includes(name)) throw unknownHelper(call, name, scope);
  return phaseOfArguments(call, scope);
}

export function phaseOfArguments(call: Pick<hbs.AST.SubExpression, 'params' | 'hash'>, scope: Scope): Phase {
  const values = [...call.params, ...(call.hash?.pairs ?? []).map((pair) => pair.value)];
  return values.map((value) => phaseOf(value, scope)).includes('later') ? 'later' : 'now';
}

export function unknownHelper(node: hbs.AST.Node, name: string, scope: Scope): Refused {
  return fault(
    scope,
    node,
    `there is no helper "${name}" (there are: if, unless, each, with, t, ${valueHelpers.join(', ')})`,
  );
}

export function helperName(
  call: { path: hbs.AST.Expression; loc: hbs.AST.SourceLocation },
  scope: Scope,
): string {
  const path = call.path;
  if (isPath(path as hbs.AST.Expression)) return (path as hbs.AST.PathExpression).original;
  throw fault(scope, { type: 'call', loc: call.loc }, 'expected the name of a helper');
}

function phaseOfPath(path: hbs.AST.PathExpression, scope: Scope): Phase {
  const root = path.parts[0];
  if (path.data) return phaseOfData(path, scope);
  if (path.depth > 0 || root === undefined || /^(?:this\b|\.)/.test(path.original))
    throw relative(path, scope);
  const named = scope.names.get(root);
  if (named) return named;
  if (nowRoots.includes(root)) return 'now';
  if (!laterRoots.includes(root)) throw unknownRoot(path, root, scope);
  const wrong = checkSlotPath(path.parts);
  if (wrong) throw fault(scope, path, wrong);
  return 'later';
}

function phaseOfData(path: hbs.AST.PathExpression, scope: Scope): Phase {
  if (scope.loop && path.depth === 0 && path.parts.length === 1 && loopData.includes(path.parts[0]!))
    return scope.loop;
  throw fault(
    scope,
    path,
    `${path.original}: only @index, @key, @first and @last exist, and only inside {{#each}}`,
  );
}

function relative(path: hbs.AST.PathExpression, scope: Scope): Refused {
  const how = 'name what you mean, as in {{#each issue.tags as |tag|}}{{tag}}{{/each}}';
  return fault(scope, path, `"${path.original}" depends on the place where it is used: ${how}`);
}

function unknownRoot(path: hbs.AST.PathExpression, root: string, scope: Scope): Refused {
  const roots = [...nowRoots, ...laterRoots, ...scope.names.keys()].join(', ');
  return fault(
    scope,
    path,
    `"${path.original}" is unknown: there is no "${root}" here (there are: ${roots})`,
  );
}

export function isPath(expression: hbs.AST.Node): expression is hbs.AST.PathExpression {
  return expression.type === 'PathExpression';
}

export function isCall(expression: hbs.AST.Node): expression is hbs.AST.SubExpression {
  return expression.type === 'SubExpression';
}
