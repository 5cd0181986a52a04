/** Reads an HTML picture that is alone in its block (`<img src=a.png width=300>`) as a picture of Markdown. */
import type { Paragraph } from 'mdast';
import { attributeIn } from '../../content/html-attribute.ts';

const IMG = /^\s*<img\b((?:"[^"]*"|'[^']*'|[^'">])*?)\/?>\s*$/i;

export function imageAlone(html: string, position: Paragraph['position']): Paragraph | null {
  const attributes = IMG.exec(html)?.[1];
  const url = attributes === undefined ? null : attributeIn(attributes, 'src');
  if (attributes === undefined || url === null || url === '') return null;
  const data = { html: { ...size(attributes, 'width'), ...size(attributes, 'height') } };
  const alt = attributeIn(attributes, 'alt') ?? '';
  return { type: 'paragraph', children: [{ type: 'image', url, alt, data, position }], position };
}

/** In pixels. A percentage is ignored, since a mail's column limits the width anyway. */
function size(attributes: string, name: 'width' | 'height'): { width?: number; height?: number } {
  const pixels = /^(\d{1,4})(?:px)?$/.exec(attributeIn(attributes, name) ?? '')?.[1];
  return pixels === undefined ? {} : { [name]: Number(pixels) };
}
