/** Reads events and meetings from lines such as `时间：…` or `Where: …`, and keeps the whole text. */
import type { Paragraph, RootContent } from 'mdast';
import { contentOf } from '../content/content.ts';
import type { Block } from '../document/document.ts';
import { lineText } from '../markdown/tree/text.ts';
import { lineOf } from '../markdown/tree/tree.ts';
import { linkUrl } from '../targets/urls.ts';
import { isBoldOnly, linesOf, linksIn } from './lines.ts';
import { plainBlocks } from './plain.ts';

interface Facts {
  topic?: string;
  time?: string;
  place?: string;
  url?: string;
}

const LABELS: readonly [keyof Facts, RegExp][] = [
  ['topic', /^(?:活动|分享|直播|会议)?(?:主题|topic|title)$/i],
  ['time', /^(?:活动|分享|直播|会议)?(?:时间|time|when|date)$/i],
  ['place', /^\d?(?:活动)?(?:地点|地址|place|where|venue|location)$/i],
  ['url', /报名|入会链接|会议链接|直播间|直播地址|链接|register|sign up|join/i],
];

/** Blocks of a section about an event, or null when it names no time or topic. */
export function eventBlocks(nodes: readonly RootContent[]): Block[] | null {
  return gatheringBlocks(nodes, 'event');
}

/** Blocks of a section about meetings, one for each project's meeting. */
export function meetingBlocks(nodes: readonly RootContent[]): Block[] | null {
  return gatheringBlocks(nodes, 'meeting');
}

function gatheringBlocks(nodes: readonly RootContent[], kind: 'event' | 'meeting'): Block[] | null {
  const parts = split(nodes).map((part) => ({ part, facts: factsIn(part) }));
  if (!parts.some(({ facts }) => facts.time || facts.topic)) return null;
  return parts.flatMap(({ part, facts }): Block[] => {
    if (!facts.time && !facts.topic) return plainBlocks(part);
    return [{ kind, line: lineOf(part[0]), ...facts, content: contentOf(part) }];
  });
}

/**
 * Splits a section with several meetings. Each begins with its name as a bold label (`**Layotto：**`) or with its own
 * topic.
 */
function split(nodes: readonly RootContent[]): RootContent[][] {
  const parts: RootContent[][] = [[]];
  for (const node of nodes) {
    const current = parts.at(-1) as RootContent[];
    const begins = isNameLabel(node) || (hasFact(node, 'topic') && factsIn(current).topic !== undefined);
    if (begins && current.length > 0) parts.push([node]);
    else current.push(node);
  }
  return parts.filter((part) => part.length > 0);
}

function isNameLabel(node: RootContent): boolean {
  return isBoldOnly(node) && /^[A-Za-z][\w &-]{1,30}\s*[：:]$/.test(lineText(node));
}

function hasFact(node: RootContent, fact: keyof Facts): boolean {
  return factsIn([node])[fact] !== undefined;
}

function factsIn(nodes: readonly RootContent[]): Facts {
  const facts: Facts = {};
  for (const paragraph of nodes.flatMap(paragraphsIn)) {
    for (const { nodes: inline, text } of linesOf(paragraph)) {
      const [, label = '', value = ''] = /^[「【]?(.{1,14}?)[」】]?\s*[：:]\s*(.*)$/.exec(text) ?? [];
      const key = LABELS.find(([, words]) => words.test(label.trim()))?.[0];
      const found = key === 'url' ? linkUrl(linksIn(inline)[0]?.url ?? '') : value;
      if (key && found !== '' && facts[key] === undefined) facts[key] = found;
    }
  }
  return facts;
}

function paragraphsIn(node: RootContent): Paragraph[] {
  if (node.type === 'paragraph') return [node];
  if (node.type !== 'list') return [];
  return node.children.flatMap((item) => item.children.filter((child) => child.type === 'paragraph'));
}
