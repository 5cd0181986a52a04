/** Blocks that Markdown itself defines: headings, images, quotes, code, tables, and prose for all the rest. */
import type { Image as MdastImage, Paragraph, PhrasingContent, RootContent } from 'mdast';
import { contentOf } from '../content/content.ts';
import type { Block, Image } from '../document/document.ts';
import { lineText } from '../markdown/tree/text.ts';
import { lineOf } from '../markdown/tree/tree.ts';
import { imageUrl, linkUrl } from '../targets/urls.ts';

/** Neighbouring paragraphs and lists make one block of prose. */
export function plainBlocks(nodes: readonly RootContent[]): Block[] {
  const blocks: Block[] = [];
  let prose: RootContent[] = [];
  const flush = () => {
    const content = contentOf(prose);
    if (content.length > 0) blocks.push({ kind: 'prose', line: lineOf(prose[0]), content });
    prose = [];
  };
  for (const node of nodes) {
    const own = ownBlocks(node);
    if (own === null) {
      prose.push(node);
      continue;
    }
    flush();
    blocks.push(...own);
  }
  flush();
  return blocks;
}

/** The blocks that a node becomes on its own. Null for prose. */
function ownBlocks(node: RootContent): Block[] | null {
  const line = lineOf(node);
  switch (node.type) {
    case 'heading':
      return headingBlock(node, line);
    case 'blockquote':
      return [{ kind: 'quote', line, content: contentOf(node.children) }];
    case 'code':
      return [{ kind: 'code', line, code: node.value, ...(node.lang ? { language: node.lang } : {}) }];
    case 'table':
      return [{ kind: 'table', line, content: contentOf([node]) }];
    case 'thematicBreak':
      return [{ kind: 'divider', line }];
    case 'videoCard':
      return [
        {
          kind: 'video',
          line,
          title: node.title,
          url: node.url,
          ...(node.cover ? { cover: { url: node.cover, alt: '' } } : {}),
        },
      ];
    case 'paragraph':
      return imageBlocks(node.children, line);
    default:
      return null;
  }
}

function headingBlock(node: Extract<RootContent, { type: 'heading' }>, line: number): Block[] {
  const text = lineText(node);
  const content = contentOf([{ type: 'paragraph', children: node.children }]);
  const inner = content[0]?.type === 'element' ? content[0].children : content;
  return text === '' && inner.length === 0
    ? []
    : [{ kind: 'heading', line, depth: node.depth, text, content: inner }];
}

/** A bold line that stands for a heading. The heading itself drops the bold. */
export function pseudoHeadingBlock(paragraph: Paragraph, text: string, depth: number): Block {
  return {
    kind: 'heading',
    line: lineOf(paragraph),
    depth,
    text,
    content: [{ type: 'text', value: text }],
    pseudo: true,
  };
}

/** A paragraph of images only. */
function imageBlocks(children: PhrasingContent[], line: number): Block[] | null {
  const solid = children.filter(
    (node) => !(node.type === 'break' || (node.type === 'text' && node.value.trim() === '')),
  );
  if (solid.length === 0) return null;
  const blocks = solid.map((node) => imageBlock(node, line));
  return blocks.every((block) => block !== null) ? blocks : null;
}

function imageBlock(node: PhrasingContent, line: number): Block | null {
  if (node.type === 'image') return { kind: 'image', line: lineOf(node) || line, image: imageOf(node) };
  const [only] = node.type === 'link' && node.children.length === 1 ? node.children : [];
  if (node.type !== 'link' || only?.type !== 'image') return null;
  return { kind: 'image', line: lineOf(node) || line, image: imageOf(only), url: linkUrl(node.url) };
}

export function imageOf(node: MdastImage): Image {
  return { url: imageUrl(node.url), alt: node.alt ?? '', ...node.data?.html };
}
