/**
 * Reads the line above a question that names who asks. The patterns cover the forty-five ways of writing it that were
 * counted in real issues. Numbers, `@` and marks around the name are dropped.
 */

interface Header {
  asker: string;
}

interface Context {
  bold: boolean;
  /** A block quote must follow, as it does below most headers. */
  beforeQuote: boolean;
}

const NUMBER = String.raw`\d{1,2}\s*[.、．:：)）]\s*`;

interface Shape {
  pattern: RegExp;
  needs?: (context: Context) => boolean;
}

const SHAPES: readonly Shape[] = [
  // `1. Ann asks:`
  {
    pattern: new RegExp(
      `^(?:${NUMBER})?[@＠]?\\s*(?<asker>\\S.{0,40}?)\\s+(?:asks?|asked|wants to know)\\s*[:：]$`,
      'iu',
    ),
  },
  // `1、@name 提问：`, `@name提问`, `1. name 提问`
  { pattern: new RegExp(`^(?:${NUMBER})?[@＠]\\s*(?<asker>.{1,60}?)\\s*提问\\s*[:：]?$`, 'u') },
  { pattern: new RegExp(`^${NUMBER}(?<asker>.{1,40}?)\\s*提问\\s*[:：]?$`, 'u') },
  // `name 提问：`
  {
    pattern: /^(?<asker>[^\s，。、：:][^，。：:]{0,30}?)\s*提问\s*[:：]?$/u,
    needs: ({ bold, beforeQuote }) => bold || beforeQuote,
  },
  // `1.@user #123`, `2. @user#642`, `@PROJECT #1`
  {
    pattern: new RegExp(
      `^(?:${NUMBER})?[@＠]\\s*(?<asker>[^\\s#＃][^#＃]{0,60}?)\\s*[#＃]\\s*\\d+\\s*[:：]?$`,
      'u',
    ),
  },
  // `1. name`, `@name`
  {
    pattern: new RegExp(`^${NUMBER}[@＠]?\\s*(?<asker>[^，。？！]{1,30}?)[:：]?$`, 'u'),
    needs: ({ bold, beforeQuote }) => bold && beforeQuote,
  },
  {
    pattern: new RegExp(`^(?:${NUMBER})?[@＠]\\s*(?<asker>[^，。？！]{1,40}?)\\s*[:：]?$`, 'u'),
    needs: ({ beforeQuote }) => beforeQuote,
  },
];

export function readHeader(text: string, context: Context): Header | null {
  const line = text.replace(/\*+/g, '').replace(/\s+/g, ' ').trim();
  if (line.length > 90 || /欢迎|大家向/.test(line)) return null;
  for (const { pattern, needs } of SHAPES) {
    const asker = pattern.exec(line)?.groups?.asker?.trim();
    if (asker !== undefined && asker !== '' && (needs?.(context) ?? true)) return { asker };
  }
  return null;
}

/** `@user` alone, below a header that names the project (`1.@PROJECT #123`), is the asker. */
export function askerLine(text: string): string | null {
  return /^[@＠]\s*(\S{1,40})$/.exec(text.trim())?.[1] ?? null;
}

/** `**4、@name** 提问：` and the like, which do not occur in a question's text. */
export function isAskingLine(text: string): boolean {
  return /^(?:\d{1,2}\s*[.、．]\s*[@＠]?|[@＠])\s*[^，。？！]{1,40}\s*提问\s*[：:]?$/.test(text.trim());
}

/** A topic above several askers: `1、关于 X 的几个问题：`, `1、关于 X 的提问：`. */
export function isTopicLine(text: string): boolean {
  return /^(?:\d{1,2}\s*[.、]\s*)?(?:关于[^。]{1,80}|[^@＠。]{2,60}(?:问题|疑问|讨论))\s*[:：]?$/.test(
    text.trim(),
  );
}

/** `Q: …`, `问：…`: a question whose asker is not named. */
export function startsQuestion(text: string): boolean {
  return /^\**\s*(?:Q\d{0,2}|问)\s*[：:]/.test(text.trim());
}

/** `A：`, `A:`, `答：` at the start of a paragraph. */
export function startsAnswer(text: string): boolean {
  return /^\**\s*(?:A|答)\s*[：:]/.test(text.trim());
}
