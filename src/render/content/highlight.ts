/** Code with colours: short class names that `content.css` turns into inline styles. */
import type { ElementContent } from 'hast';
import type { createLowlight } from 'lowlight';

/** highlight.js names -> our four classes; what is not here stays plain. */
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

/** Beyond this a listing stays plain: each coloured word costs some 60 bytes of the mail. */
const MOST_CHARACTERS = 4_000;

let lowlight: ReturnType<typeof createLowlight> | null = null;

/** Loads the languages, once; before that all code stays plain. Most commands render nothing and need none. */
export async function loadLanguages(): Promise<void> {
  if (lowlight) return;
  const { common, createLowlight } = await import('lowlight');
  lowlight = createLowlight(common);
}

/** The code as hast: coloured when the language is known, else one text. */
export function highlight(code: string, language: string | undefined): ElementContent[] {
  const plain: ElementContent[] = [{ type: 'text', value: code }];
  if (!lowlight || !language || code.length > MOST_CHARACTERS || !lowlight.registered(language)) return plain;
  return lowlight.highlight(language, code).children.flatMap((node) => recolour(node as ElementContent));
}

function recolour(node: ElementContent): ElementContent[] {
  if (node.type !== 'element') return [node];
  const children = node.children.flatMap(recolour);
  const names = Array.isArray(node.properties.className) ? node.properties.className : [];
  const mark = names.map((name) => CLASSES[String(name)]).find((name) => name !== undefined);
  return mark ? [{ ...node, properties: { className: [mark] }, children }] : children;
}
