/** The allow-list of elements and attributes that the content of a document may have. */
import type { Schema } from 'hast-util-sanitize';
import { LINK_SCHEMES } from '../targets/urls.ts';
import { ALLOWED_TAGS, STRIPPED_TAGS } from './tags.ts';

const ALIGN: [string, ...string[]] = ['align', 'left', 'right', 'center', 'justify'];
const SIZE: [string, RegExp] = ['width', /^\d{1,4}(?:px|%)?$/];
const HEIGHT: [string, RegExp] = ['height', /^\d{1,4}(?:px|%)?$/];

export const SCHEMA: Schema = {
  tagNames: [...ALLOWED_TAGS, 'slot'],
  strip: STRIPPED_TAGS,
  attributes: {
    '*': ['dir', 'lang', ['ariaHidden', 'true']],
    a: ['href', 'title'],
    abbr: ['title'],
    img: ['src', 'alt', 'title', SIZE, HEIGHT],
    p: [ALIGN, 'style'],
    div: [ALIGN, 'style'],
    span: ['style'],
    table: [ALIGN, SIZE],
    td: [ALIGN, SIZE, 'colSpan', 'rowSpan', 'style'],
    th: [ALIGN, SIZE, 'colSpan', 'rowSpan', 'style'],
    ol: ['start', ['type', '1', 'a', 'A', 'i', 'I'], 'reversed'],
    li: ['value'],
    details: ['open'],
    code: [['className', /^language-[\w+#-]{1,30}$/]],
    slot: ['path', 'fallback'],
  },
  protocols: { href: LINK_SCHEMES, src: ['http', 'https'] },
  ancestors: {
    li: ['ul', 'ol'],
    tbody: ['table'],
    tfoot: ['table'],
    thead: ['table'],
    tr: ['table'],
    td: ['table'],
    th: ['table'],
    summary: ['details'],
  },
  clobber: [],
};

const SAFE_PROPERTIES = new Set(
  'color background-color text-align font-weight font-style font-size text-decoration'.split(' '),
);

/** Keeps the declarations that are safe and that mail clients understand. Undefined when none is left. */
export function safeStyle(style: string): string | undefined {
  const kept = style.split(';').flatMap((declaration) => {
    const [property = '', value = ''] = declaration.split(/:(.*)/s).map((part) => part.trim());
    const isSafe = SAFE_PROPERTIES.has(property.toLowerCase()) && /^[\w\s#%.,()-]{1,60}$/.test(value);
    return isSafe && !/(?:url|expression|var|attr)\s*\(/i.test(value)
      ? [`${property.toLowerCase()}: ${value}`]
      : [];
  });
  return kept.length > 0 ? kept.join('; ') : undefined;
}
