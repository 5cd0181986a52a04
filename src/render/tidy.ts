/** The last touch on a mail's HTML: only the dark rules it needs, and no white space that nobody sees. */
import { FALLBACK_PICTURE_WIDTH } from './content/picture.ts';
import { DARK_PLACEHOLDER, type LateStyles } from './theme/mail-styles.ts';

/**
 * Gmail cuts at 102,400 bytes, so none is wasted. Listings (`<pre>`) keep every blank; in text a run of white
 * space stays one blank or one line break.
 */
export function tidyHtml(html: string, late: LateStyles): string {
  const grounded = html.replace(OUTERMOST, '<div class="ground" ');
  const used = classesOf(grounded);
  const styled = grounded
    .replace(DARK_PLACEHOLDER, () => late.dark(used))
    // Only now: juice does not look at the `media` of a style element, and would write its rules into the elements.
    .replace('</head>', () => `${late.head(used)}</head>`);
  const parts = styled.split(/(<pre\b[\s\S]*?<\/pre>)/);
  const tidied = parts.map((part, index) => (index % 2 ? tightTags(part) : squeeze(part))).join('');
  return `${tidied.trim()}\n`;
}

/** What carries the mail's ground: webmails take `<body>` away, and its classes with it. */
const OUTERMOST = /<div (?=[^>]*\brole="article")/;

const classesOf = (html: string): Set<string> =>
  new Set([...html.matchAll(/\bclass="([^"]*)"/g)].flatMap(([, names]) => names!.split(/\s+/)));

const squeeze = (html: string): string =>
  html
    .replace(/[ \t]*\n\s*/g, '\n')
    .replace(/[ \t]{2,}/g, ' ')
    .replace(STYLE, tightStyle)
    // MJML writes the preheader in white, hidden as it is: white on white is what filters look for.
    .replace(/(<div style="[^"]*display:none;font-size:1px;)color:#ffffff;/, '$1')
    .replace(/<img\b[^>]*>/g, wellFormedImage)
    // Handlebars writes "=" in an address as a reference: right, but four bytes too long each.
    .replaceAll('&#x3D;', '=')
    // Tags of layout only: no text stands between them.
    .replace(/(<\/?(?:table|tbody|tr|td|html|head|body|style|meta|title)\b[^>]*>)\n(?=<)/g, '$1');

/**
 * MJML and juice write sizes of `auto`, which is no HTML, and juice shortens an empty alt. The width that juice wrote
 * over is put back: Outlook knows no `max-width`.
 */
const wellFormedImage = (tag: string): string =>
  tag
    .replace(' height="auto"', '')
    .replace(' width="auto"', / height="\d/.test(tag) ? '' : ` width="${FALLBACK_PICTURE_WIDTH}"`)
    .replace(/ alt(?=[ >])/, ' alt=""');

const STYLE = / style="([^"]*)"/g;

const tightStyle = (_: string, css: string): string => ` style="${tightCss(css)}"`;

/** In a listing: the tags only. */
const tightTags = (html: string): string =>
  html.replace(/<[a-z][^>]*>/g, (tag) => tag.replace(STYLE, tightStyle));

const tightCss = (css: string): string => css.replace(/([;:,]) /g, '$1').replace(/;$/, '');
