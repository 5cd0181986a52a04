/** The last step on a mail's HTML: adds the dark rules it needs and removes white space that nobody sees. */
import { FALLBACK_PICTURE_WIDTH } from './content/picture.ts';
import { DARK_PLACEHOLDER, type LateStyles } from './theme/mail-styles.ts';

/**
 * Gmail clips mails at 102,400 bytes, so no byte is wasted. Listings (`<pre>`) keep all white space; elsewhere a run of
 * white space becomes one space or one line break.
 */
export function tidyHtml(html: string, late: LateStyles): string {
  const withBackground = html.replace(OUTERMOST, '<div class="ground" ');
  const used = classesOf(withBackground);
  const styled = withBackground
    .replace(DARK_PLACEHOLDER, () => late.dark(used))
    // Added only now, because juice ignores the `media` of a style element and would inline its rules.
    .replace('</head>', () => `${late.head(used)}</head>`);
  const parts = styled.split(/(<pre\b[\s\S]*?<\/pre>)/);
  const tidied = parts.map((part, index) => (index % 2 ? tightTags(part) : collapse(part))).join('');
  return `${tidied.trim()}\n`;
}

/** The outermost element, which has the mail's background: webmails remove `<body>` and its classes. */
const OUTERMOST = /<div (?=[^>]*\brole="article")/;

const classesOf = (html: string): Set<string> =>
  new Set([...html.matchAll(/\bclass="([^"]*)"/g)].flatMap(([, names]) => names!.split(/\s+/)));

const collapse = (html: string): string =>
  html
    .replace(/[ \t]*\n\s*/g, '\n')
    .replace(/[ \t]{2,}/g, ' ')
    .replace(STYLE, tightStyle)
    // MJML hides the preheader and makes it white too, but spam filters look for white on white.
    .replace(/(<div style="[^"]*display:none;font-size:1px;)color:#ffffff;/, '$1')
    .replace(/<img\b[^>]*>/g, wellFormedImage)
    // Handlebars escapes "=" in addresses: correct, but four bytes too long each time.
    .replaceAll('&#x3D;', '=')
    // Only layout tags, which have no text between them.
    .replace(/(<\/?(?:table|tbody|tr|td|html|head|body|style|meta|title)\b[^>]*>)\n(?=<)/g, '$1');

/**
 * MJML and juice write sizes of `auto`, which are not valid HTML, and juice shortens an empty alt. The width that juice
 * overwrote is restored, because Outlook ignores `max-width`.
 */
const wellFormedImage = (tag: string): string =>
  tag
    .replace(' height="auto"', '')
    .replace(' width="auto"', / height="\d/.test(tag) ? '' : ` width="${FALLBACK_PICTURE_WIDTH}"`)
    .replace(/ alt(?=[ >])/, ' alt=""');

const STYLE = / style="([^"]*)"/g;

const tightStyle = (_: string, css: string): string => ` style="${tightCss(css)}"`;

/** In a listing, only tags are tightened. */
const tightTags = (html: string): string =>
  html.replace(/<[a-z][^>]*>/g, (tag) => tag.replace(STYLE, tightStyle));

const tightCss = (css: string): string => css.replace(/([;:,]) /g, '$1').replace(/;$/, '');
