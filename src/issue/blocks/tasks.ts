/** Reads tasks for newcomers: a project, levels as single bullets, and below each level its tasks as paragraphs. */
import type { RootContent } from 'mdast';
import { contentOf } from '../content/content.ts';
import type { Block, Content } from '../document/document.ts';
import { lineText } from '../markdown/tree/text.ts';
import { lineOf } from '../markdown/tree/tree.ts';
import { linksIn } from './lines.ts';
import { plainBlocks } from './plain.ts';

interface Group {
  project: string;
  level?: string;
  tasks: Content[];
}

/** `Layotto 新手任务：` above a plain list. */
const OWN_TASKS = /\s*新手任务\s*[:：]$/;
const LEVELS = [
  ['easy', '简单', '入门'],
  ['medium', '中等', '进阶'],
  ['hard', '困难'],
];

/** Blocks of a newcomers' section, or null when no level is named in it. */
export function tasksBlocks(nodes: readonly RootContent[]): Block[] | null {
  const start = nodes.findIndex((node, i) => isProject(node, nodes[i + 1], null) || levelOf(node) !== null);
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
  const last = groups.at(-1);
  if (isProject(node, next, last?.level ?? null)) {
    groups.push({ project: projectName(lineText(node)), tasks: [] });
  } else if (level !== null) {
    groups.push({ project: last?.project ?? '', level, tasks: itemsBelow(node) });
  } else {
    if (!last) groups.push({ project: '', tasks: [] });
    groups.at(-1)?.tasks.push(...itemsOf(node));
  }
}

/**
 * A line of its own above a plain list, or right above a level that is not harder than the current one. Above a harder
 * level it is the last task of the current one.
 */
function isProject(node: RootContent, next: RootContent | undefined, current: string | null): boolean {
  if (next === undefined || (node.type !== 'paragraph' && node.type !== 'heading')) return false;
  const text = lineText(node);
  if (text.length > 40 || linksIn(node).length > 0) return false;
  const level = levelOf(next);
  if (level === null) return next.type === 'list' && OWN_TASKS.test(text);
  return current === null || rank(level) <= rank(current);
}

function projectName(text: string): string {
  return text.replace(OWN_TASKS, '').replace(/\s*[:：]$/, '');
}

function levelOf(node: RootContent): string | null {
  const head = node.type === 'list' && node.children.length === 1 ? node.children[0]?.children[0] : node;
  if (head?.type !== 'paragraph') return null;
  const level = lineText(head).replace(/\s*[:：]$/, '');
  return rank(level) >= 0 ? level : null;
}

function rank(level: string): number {
  return LEVELS.findIndex((words) => words.includes(level.toLowerCase()));
}

function itemsBelow(node: RootContent): Content[] {
  const [, ...rest] = node.type === 'list' ? (node.children[0]?.children ?? []) : [];
  return rest.flatMap(itemsOf);
}

function itemsOf(node: RootContent): Content[] {
  return node.type === 'list' ? node.children.map((item) => contentOf(item.children)) : [contentOf([node])];
}
