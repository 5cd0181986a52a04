/** Suggests what a mistyped word may have meant. */

const MAX_SUGGESTIONS = 3;

/** Up to three of `words`, the likeliest first, by shared pairs of letters (Dice's coefficient). Never empty unless `words` is. */
export function suggest(word: string, words: readonly string[]): string[] {
  const scored = words.map((one) => ({ one, score: likeness(word, one) }));
  scored.sort((a, b) => b.score - a.score || a.one.localeCompare(b.one));
  const likely = scored.filter(({ score }) => score >= 0.4);
  return (likely.length > 0 ? likely : scored).slice(0, MAX_SUGGESTIONS).map(({ one }) => one);
}

function likeness(a: string, b: string): number {
  const ours = pairs(a);
  const theirs = pairs(b);
  const shared = [...ours].filter((pair) => theirs.has(pair)).length;
  return (2 * shared) / (ours.size + theirs.size);
}

function pairs(word: string): Set<string> {
  const padded = ` ${word.toLowerCase()} `;
  return new Set(Array.from({ length: padded.length - 1 }, (_, at) => padded.slice(at, at + 2)));
}
