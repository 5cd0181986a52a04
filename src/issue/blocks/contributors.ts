/** Reads a contributors section: a picture, as most weeklies have it, or people by name. */
import type { Link, RootContent } from 'mdast';
import { contentOf } from '../content/content.ts';
import type { Block } from '../document/document.ts';
import { lineText } from '../markdown/tree/text.ts';
import { lineOf } from '../markdown/tree/tree.ts';
import { linkUrl } from '../targets/urls.ts';
import { imagesIn, linksIn } from './lines.ts';
import { imageOf } from './plain.ts';
import { pictureOf } from './qr.ts';

type Contributors = Extract<Block, { kind: 'contributors' }>;

/** Blocks of a contributors section, or null when it names nobody. */
export function contributorsBlocks(nodes: readonly RootContent[]): Block[] | null {
  const first = nodes[0];
  if (!first) return null;
  const pictures = nodes.filter((node) => pictureOf(node, { linked: true }) !== null);
  const people = nodes.flatMap(peopleIn);
  if (pictures.length === 0 && people.length === 0) return null;
  const [avatar] = pictures;
  const image = pictureOf(avatar, { linked: true });
  const rest = nodes.filter((node) => node !== avatar && peopleIn(node).length === 0);
  const block: Contributors = { kind: 'contributors', line: lineOf(first) };
  if (people.length > 0) block.people = people;
  if (image) block.image = image;
  const content = contentOf(rest);
  if (content.length > 0) block.content = content;
  return [block];
}

/** The links of a list or paragraph, when all of them are names: `[@ann](…)`, one per list item, or at least two. */
function peopleIn(node: RootContent): NonNullable<Contributors['people']> {
  if (node.type !== 'list' && node.type !== 'paragraph') return [];
  const links = linksIn(node).filter((link) => lineText(link) !== '' || imagesIn(link).length > 0);
  const areNames = links.every((link) => isName(link));
  const enough = node.type === 'list' ? links.length >= node.children.length : links.length > 1;
  if (links.length === 0 || !areNames || !enough) return [];
  return links.map((link) => personOf(link)).filter(({ name }) => name !== '');
}

function isName(link: Link): boolean {
  const text = lineText(link);
  return text.length <= 40 && !/^https?:|[，。：:]/.test(text);
}

function personOf(link: Link) {
  const [picture] = imagesIn(link);
  const name = lineText(link).replace(/^[@＠]\s*/, '') || (picture?.alt ?? '');
  const url = linkUrl(link.url);
  return { name, ...(url ? { url } : {}), ...(picture ? { avatar: imageOf(picture) } : {}) };
}
