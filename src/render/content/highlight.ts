/** Syntax highlighting: short class names that the theme's CSS turns into inline styles. */
import type { ElementContent } from 'hast';
import type { createLowlight } from 'lowlight';

/** highlight.js class -> our short one; anything else stays plain. */
const CLASSES: Record<string, string> = {
  'hljs-keyword': 'k',
  'hljs-selector-tag': 'k',
  'hljs-built_in': 'k',
  'hljs-literal': 'k',
  'hljs-meta': 'k',
  'hljs-tag': 'k',
  'hljs-section': 'k',
  'hljs-string': 's',
  'hljs-regexp': 's',
  'hljs-addition': 's',
  'hljs-attr': 'f',
  'hljs-attribute': 'f',
  'hljs-title': 'f',
  'hljs-name': 'f',
  'hljs-type': 'f',
  'hljs-number': 'n',
  'hljs-symbol': 'n',
  'hljs-deletion': 'n',
  'hljs-comment': 'c',
  'hljs-quote': 'c',
};

/** A longer listing stays plain: each coloured word adds about 60 bytes to the mail. */
const MAX_CHARACTERS = 4_000;

let lowlight: ReturnType<typeof createLowlight> | null = null;

/** Loads the languages once; before that, code stays plain. Most commands render nothing and need none. */
export async function loadLanguages(): Promise<void> {
  if (lowlight) return;
  const { common, createLowlight } = await import('lowlight');
  lowlight = createLowlight(common);
}

/** The code as hast: highlighted if the language is known, else a single text. */
export function highlight(code: string, language: string | undefined): ElementContent[] {
  const plain: ElementContent[] = [{ type: 'text', value: code }];
  if (!lowlight || !language || code.length > MAX_CHARACTERS || !lowlight.registered(language)) return plain;
  return lowlight.highlight(language, code).children.flatMap((node) => recolour(node as ElementContent));
}

function recolour(node: ElementContent): ElementContent[] {
  if (node.type !== 'element') return [node];
  const children = node.children.flatMap(recolour);
  const names = Array.isArray(node.properties.className) ? node.properties.className : [];
  const mark = names.map((name) => CLASSES[String(name)]).find((name) => name !== undefined);
  return mark ? [{ ...node, properties: { className: [mark] }, children }] : children;
}
