/** Reads a theme's CSS. `@partial code;` stands for the rules of `_code.css`, as `{{> head}}` does for `_head.mjml`. */
import postcss, { type AtRule, type ChildNode, type Node, type Rule } from 'postcss';
import { Refused } from '../../errors.ts';
import type { EmailFiles } from './email-files.ts';
import { themeFile } from './theme-files.ts';

interface ThemeCss {
  /** All rules in order, with the rules of partials in place, without comments. */
  nodes: (Rule | AtRule)[];
  /** The file that contains a rule or declaration, for faults. */
  fileOf: (node: Node) => string;
}

/** Throws Refused('template') with file and line. */
export function readThemeCss(emails: EmailFiles, theme: string, name: string): ThemeCss {
  const files = new Map<Node, string>();
  const read = (name: string, readers: readonly string[]): ChildNode[] => {
    const path = themeFile(emails, theme, name);
    const file = emails.name(path);
    const root = parsed(emails.need(path), file);
    files.set(root, file);
    return root.nodes.flatMap((node) => {
      if (node.type !== 'atrule' || node.name !== 'partial') return [node];
      const partial = `_${node.params}.css`;
      const fault = faultOf(emails, theme, partial, [...readers, name]);
      if (fault) throw new Refused('template', `${file}:${node.source?.start?.line ?? 1}: ${fault}`);
      return read(partial, [...readers, name]);
    });
  };
  const nodes = read(name, []).filter((node) => node.type !== 'comment') as (Rule | AtRule)[];
  return { nodes, fileOf: (node) => files.get(node.root())! };
}

function faultOf(
  emails: EmailFiles,
  theme: string,
  partial: string,
  readers: readonly string[],
): string | null {
  if (!/^_[\w-]+\.css$/.test(partial)) return 'expected the name of a partial, as in "@partial code;"';
  if (readers.includes(partial)) return `${partial} includes itself`;
  return emails.read(themeFile(emails, theme, partial)) === null ? `there is no ${partial}` : null;
}

function parsed(css: string, file: string): postcss.Root {
  try {
    return postcss.parse(css);
  } catch (error) {
    if (!(error instanceof postcss.CssSyntaxError)) throw error;
    throw new Refused('template', `${file}:${error.line ?? 1}: ${error.reason}`, { cause: error });
  }
}
