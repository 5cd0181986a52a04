/** Reads releases: a line that names a project and its version, then the changes, then a link to read more. */
import type { RootContent } from 'mdast';
import { contentOf } from '../content/content.ts';
import type { Block } from '../document/document.ts';
import { lineText } from '../markdown/tree/text.ts';
import { lineOf } from '../markdown/tree/tree.ts';
import { linkUrl } from '../targets/urls.ts';
import { type Line, linesOf, linksIn, paragraphOf } from './lines.ts';
import { plainBlocks } from './plain.ts';

interface Draft {
  line: number;
  name: string;
  version: string;
  nodes: RootContent[];
}

/** `1、发布 SOFARPC v5.5.8，主要变更如下：`, `SOFAJRaft 发布了 1.3.5 版本：`, `发布 1.3.10 版本`. */
const HEADER =
  /^(?:\d{1,2}\s*[.、]\s*)?(?<lead>\D{0,60}?)(?<version>v?\d+(?:\.\d+)+[\w.-]*|v\d+[\w.-]*)(?<tail>(?:\s|\p{L}).*|[，,:：。].*)?$/iu;
/** Words around a project's name that do not belong to it. */
const FILLERS = /本周|正式|发布了?|版本|\breleased?\b|[，,:：]/gi;

/** Blocks of a releases section, or null when no version is named in it. `title` is its heading. */
export function releasesBlocks(nodes: readonly RootContent[], title: string): Block[] | null {
  const project = nameIn(title.replace(/v?\d+(?:\.\d+)+.*/i, '')) ?? '';
  const loose: RootContent[] = [];
  const drafts: Draft[] = [];
  for (const node of nodes.flatMap(pieces)) {
    const header = headerOf(node, project);
    if (header) drafts.push({ ...header, line: lineOf(node), nodes: [] });
    else (drafts.at(-1)?.nodes ?? loose).push(node);
  }
  const [first] = drafts;
  if (!first) return null;
  return [...plainBlocks(loose), { kind: 'releases', line: first.line, releases: drafts.map(releaseOf) }];
}

/** Splits headers and references from the other lines of their paragraph. */
function pieces(node: RootContent): RootContent[] {
  if (node.type !== 'paragraph') return [node];
  const groups: Line[][] = [[]];
  let apart = false;
  for (const line of linesOf(node)) {
    const isOwn = versionIn(line.text) !== null || (isReference(line.text) && linksIn(line.nodes).length > 0);
    if (isOwn || apart) groups.push([]);
    groups.at(-1)?.push(line);
    apart = isOwn;
  }
  return groups.flatMap((lines) => paragraphOf(lines, node));
}

function headerOf(node: RootContent, project: string): { name: string; version: string } | null {
  if (node.type !== 'paragraph' && node.type !== 'heading') return null;
  const found = versionIn(lineText(node));
  const name = found?.name || project;
  return found && name !== '' ? { name, version: found.version } : null;
}

function versionIn(text: string): { name: string; version: string } | null {
  const groups = text.length <= 100 && /发布|版本|releas/i.test(text) ? HEADER.exec(text)?.groups : undefined;
  const name = groups ? nameIn(groups.lead ?? '') : null;
  return name === null || !groups?.version ? null : { name, version: groups.version };
}

/** The Latin name that is left without the fillers. Empty where there is none, null for a sentence. */
function nameIn(text: string): string | null {
  const name = text.replace(FILLERS, ' ').replace(/\s+/g, ' ').trim();
  return name === '' || /^[A-Za-z][\w &.+-]{0,40}$/.test(name) ? name : null;
}

function releaseOf({ name, version, nodes }: Draft) {
  const reference = nodes.find((node) => node.type === 'paragraph' && isReference(lineText(node)));
  const url = linkUrl((reference ? linksIn(reference)[0]?.url : undefined) ?? '');
  const rest = nodes.filter((node) => node !== reference || url === '');
  return { name, version, ...(url ? { url } : {}), content: contentOf(rest) };
}

/** `详细发布报告：URL`, `「详细参考」：URL`. */
function isReference(text: string): boolean {
  return /^[「【]?(?:详细|参考|release notes|changelog)/i.test(text);
}
