/**
 * Takes white space out of a mail's HTML that nobody sees, for Gmail cuts at 102,400 bytes. Listings (`<pre>`)
 * keep every blank; in text a run of white space stays one blank or one line break.
 */
export function tidyHtml(html: string): string {
  const parts = html.split(/(<pre\b[\s\S]*?<\/pre>)/);
  return parts
    .map((part, index) => (index % 2 ? part : squeeze(part)))
    .join('')
    .trim()
    .concat('\n');
}

const squeeze = (html: string): string =>
  html
    .replace(/[ \t]*\n\s*/g, '\n')
    .replace(/[ \t]{2,}/g, ' ')
    // Handlebars writes "=" in an address as a reference: right, but four bytes too long each.
    .replaceAll('&#x3D;', '=')
    // Tags of layout only: no text stands between them.
    .replace(/(<\/?(?:table|tbody|tr|td|html|head|body|style|meta|title)\b[^>]*>)\n(?=<)/g, '$1');
