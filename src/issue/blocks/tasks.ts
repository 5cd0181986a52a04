/** Tasks for newcomers: a project, levels as single bullets, and below each level its tasks as paragraphs. */
import type { RootContent } from 'mdast';
import { contentOf } from '../content/content.ts';
import type { Block, Content } from '../document.ts';
import { lineText } from '../markdown/text.ts';
import { lineOf } from '../markdown/tree.ts';
import { linksIn } from './lines.ts';
import { plainBlocks } from './plain.ts';

interface Group {
  project: string;
  level?: string;
  tasks: Content[];
}

/** `Layotto 新手任务：` above a plain list. */
const OWN_TASKS = /\s*新手任务\s*[:：]$/;
const LEVEL = /^(?:easy|medium|hard|简单|中等|困难|入门|进阶)(?:\s*[:：])?$/i;

/** Blocks of a newcomers' section, or null when no level is named in it. */
export function tasksBlocks(nodes: readonly RootContent[]): Block[] | null {
  const start = nodes.findIndex((node, i) => isProject(node, nodes[i + 1]) || levelOf(node) !== null);
  const first = nodes[start];
  if (!first) return null;
  const groups: Group[] = [];
  nodes.slice(start).forEach((node, i) => {
    addTo(groups, node, nodes[start + i + 1]);
  });
  const kept = groups.filter(({ tasks }) => tasks.length > 0);
  return [...plainBlocks(nodes.slice(0, start)), { kind: 'tasks', line: lineOf(first), groups: kept }];
}

function addTo(groups: Group[], node: RootContent, next: RootContent | undefined): void {
  const level = levelOf(node);
  const project = groups.at(-1)?.project ?? '';
  if (isProject(node, next))
    groups.push({
      project: lineText(node)
        .replace(OWN_TASKS, '')
        .replace(/[:：]$/, ''),
      tasks: [],
    });
  else if (level !== null) groups.push({ project, level, tasks: itemsBelow(node) });
  else {
    if (groups.length === 0) groups.push({ project: '', tasks: [] });
    groups.at(-1)?.tasks.push(...itemsOf(node));
  }
}

/** A line of its own right above a level. */
function isProject(node: RootContent, next: RootContent | undefined): boolean {
  if (node.type !== 'paragraph' && node.type !== 'heading') return false;
  return (
    next !== undefined && levelOf(next) !== null && linksIn(node).length === 0 && lineText(node).length <= 40
  );
}

function levelOf(node: RootContent): string | null {
  const head = node.type === 'list' && node.children.length === 1 ? node.children[0]?.children[0] : node;
  if (head?.type !== 'paragraph') return null;
  const text = lineText(head);
  return LEVEL.test(text) ? text.replace(/\s*[:：]$/, '') : null;
}

function itemsBelow(node: RootContent): Content[] {
  const [, ...rest] = node.type === 'list' ? (node.children[0]?.children ?? []) : [];
  return rest.flatMap(itemsOf);
}

function itemsOf(node: RootContent): Content[] {
  return node.type === 'list' ? node.children.map((item) => contentOf(item.children)) : [contentOf([node])];
}
