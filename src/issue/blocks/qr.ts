/** Finds the invitation at the end of an issue: a line of text and a QR code. */
import type { RootContent } from 'mdast';
import type { Block, Image } from '../document/document.ts';
import { lineText } from '../markdown/tree/text.ts';
import { lineOf } from '../markdown/tree/tree.ts';
import { imagesIn, linksIn } from './lines.ts';
import { imageOf } from './plain.ts';

const QR = /扫码|扫描|二维码|欢迎关注|scan (?:the|this|to)\b|QR code/i;

export function isQrText(text: string): boolean {
  return text.length <= 60 && QR.test(text);
}

/**
 * Editors put it at the end of the last section, as a line and a picture, in a quote or not. Returns the nodes before
 * it, the block, and the nodes after it, or null when there is none.
 */
export function splitAtQr(
  nodes: readonly RootContent[],
): { before: RootContent[]; qr: Block; after: RootContent[] } | null {
  const at = nodes.findIndex(
    (node, i) => isInvitation(node) && (pictureOf(node) ?? pictureOf(nodes[i + 1])) !== null,
  );
  const node = nodes[at];
  if (!node) return null;
  const own = pictureOf(node);
  const image = own ?? pictureOf(nodes[at + 1]);
  if (!image) return null;
  const text = lineText(node);
  const qr: Block = { kind: 'qr', line: lineOf(node), text, image };
  return { before: nodes.slice(0, at), qr, after: nodes.slice(at + (own ? 1 : 2)) };
}

/** The only picture of a paragraph or quote, which may hold nothing else but the invitation. */
export function pictureOf(node: RootContent | undefined, options?: { linked: boolean }): Image | null {
  if (node?.type !== 'paragraph' && node?.type !== 'blockquote') return null;
  if (!options?.linked && linksIn(node).length > 0) return null;
  const [image, more] = imagesIn(node);
  const text = lineText(node);
  return image && !more && (text === '' || isQrText(text)) ? imageOf(image) : null;
}

function isInvitation(node: RootContent): boolean {
  return (node.type === 'paragraph' || node.type === 'blockquote') && isQrText(lineText(node));
}
