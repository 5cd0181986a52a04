/** How high a piece of a mail is on a wide screen, roughly: from its HTML, without drawing it. */

/** Of the text, in px. */
const ROOM = 545;
/** Means of the themes' sizes, in px. */
const [LETTER, SQUARE, LINE, CODE_LINE] = [8.3, 17, 28.5, 23];
/** Of a listing, before it wraps. */
const COLUMNS = 60;
/** What stands around an element, in px. */
const AROUND: Readonly<Record<string, number>> = {
  ...{ p: 16, ul: 12, ol: 12, dl: 12, li: 6, dd: 4, dt: 4, pre: 46, blockquote: 8, hr: 58, table: 16 },
  ...{ h1: 40, h2: 54, h3: 34, h4: 30, td: 14, th: 16, div: 0, br: 0, tr: 0 },
};
/** A picture of unknown size. */
const PICTURE = 320;
/** A cell of a table of the issue is as wide as its share of the row. */
const IN_ROW = /^t[dh]$/;

/** In px; rather too high than too low. */
export function estimatedHeight(html: string): number {
  let [height, width, column, listing] = [0, 0, 0, false];
  const endLine = (): void => {
    height += Math.ceil(width / ROOM) * LINE;
    width = 0;
  };
  /** A line may come in pieces, for its words have colours. */
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
    const around = AROUND[name];
    if (around === undefined) continue;
    if (!IN_ROW.test(name)) endLine();
    if (slash && !IN_ROW.test(name)) height += around;
    else if (slash) width += around;
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
