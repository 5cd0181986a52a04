/** Guesses the language that an issue is written in. */

const SCRIPTS: readonly [language: string, pattern: RegExp, weight: number][] = [
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 4],
  ['zh', /\p{Script=Han}/gu, 2],
  ['ko', /\p{Script=Hangul}/gu, 2],
  ['ar', /\p{Script=Arabic}/gu, 1],
  ['he', /\p{Script=Hebrew}/gu, 1],
  ['ru', /\p{Script=Cyrillic}/gu, 1],
  ['en', /\p{Script=Latin}/gu, 1],
];

/** The primary subtag of a BCP 47 tag: `zh-CN` -> `zh`. Null for anything else. */
export function primaryTag(tag: string | null | undefined): string | null {
  return /^([a-z]{2,3})(?:[-_].*)?$/i.exec(tag?.trim() ?? '')?.[1]?.toLowerCase() ?? null;
}

/** Goes by the dominant script. A CJK character counts as much as the letters of half a word. */
export function guessLanguage(text: string): string {
  const prose = text
    .slice(0, 40_000)
    .replace(/^(```+|~~~+).*\n[\s\S]*?^\1/gm, ' ')
    .slice(0, 8_000);
  const sample = prose.replace(/https?:\/\/\S+|`[^`\n]{0,200}`|<[^>\n]{0,200}>/g, ' ');
  const scores = SCRIPTS.map(([language, pattern, weight]) => {
    return { language, score: (sample.match(pattern)?.length ?? 0) * weight };
  });
  const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score === 0 ? 'en' : best.language;
}

const RIGHT_TO_LEFT = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi']);

export const directionOf = (language: string): 'ltr' | 'rtl' =>
  RIGHT_TO_LEFT.has(primaryTag(language) ?? '') ? 'rtl' : 'ltr';
