/** Estimates how high a piece of a mail is on a wide screen, from its HTML alone. */

/** The width of the text in px. */
const TEXT_WIDTH = 545;
/** Averages over the themes, in px: a Latin letter, a CJK character, a line of text, a line of code. */
const [LETTER, SQUARE, LINE, CODE_LINE] = [8.3, 17, 28.5, 23];
/** Columns of a listing before it wraps. */
const COLUMNS = 60;
/** Margins and padding of an element in px. */
const SPACING: Readonly<Record<string, number>> = {
  ...{ p: 16, ul: 12, ol: 12, dl: 12, li: 6, dd: 4, dt: 4, pre: 46, blockquote: 8, hr: 58, table: 16 },
  ...{ h1: 40, h2: 54, h3: 34, h4: 30, td: 14, th: 16, div: 0, br: 0, tr: 0 },
};
/** The height of a picture of unknown size. */
const PICTURE = 320;
/** Cells share the width of their row. */
const IN_ROW = /^t[dh]$/;

/** In px. Errs on the high side. */
export function estimatedHeight(html: string): number {
  let [height, width, column, listing] = [0, 0, 0, false];
  const endLine = (): void => {
    height += Math.ceil(width / TEXT_WIDTH) * LINE;
    width = 0;
  };
  /** A line may arrive in pieces, because its words are coloured. */
  const codeLine = (piece: string): void => {
    column += piece.replace(/&#?\w+;/g, 'x').replace(SQUARES, 'xx').length;
    if (!piece.endsWith('\n')) return;
    height += Math.ceil(column / COLUMNS) * CODE_LINE;
    column = 0;
  };
  for (const [token, slash, tag = '', attributes = ''] of html.matchAll(TOKEN)) {
    if (!token.startsWith('<')) {
      if (listing) for (const line of token.split(/(?<=\n)/)) codeLine(line);
      else width += widthOf(token);
      continue;
    }
    const name = tag.toLowerCase();
    if (name === 'img') height += pictureHeight(attributes);
    if (name === 'pre') {
      codeLine('\n');
      listing = slash === '';
    }
    const spacing = SPACING[name];
    if (spacing === undefined) continue;
    if (!IN_ROW.test(name)) endLine();
    if (slash && !IN_ROW.test(name)) height += spacing;
    else if (slash) width += spacing;
  }
  endLine();
  return height;
}

const TOKEN = /<(\/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>|[^<]+/gi;

const SQUARES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef]/gu;

function widthOf(text: string): number {
  const said = text.replace(/&#?\w+;/g, 'x').replace(/\s+/g, ' ');
  if (said === ' ') return 0;
  const squares = said.match(SQUARES)?.length ?? 0;
  return squares * SQUARE + (said.length - squares) * LETTER;
}

const pictureHeight = (attributes: string): number =>
  Number(/\bheight="(\d+)"/.exec(attributes)?.[1] ?? PICTURE) + 16;
