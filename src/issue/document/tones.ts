/** The five tones of a callout, and the names that other tools have for them. Add to this table. */

const TONES: Readonly<Record<string, string>> = {
  note: 'note info abstract summary tldr todo example quote cite question help faq seealso details primary secondary default check-list',
  tip: 'tip hint success check done green',
  important: 'important',
  warning: 'warning warn attention yellow orange',
  caution: 'caution danger error failure fail missing bug red',
};

const BY_NAME = new Map(
  Object.entries(TONES).flatMap(([tone, names]) => names.split(' ').map((name) => [name, tone] as const)),
);

/** `danger` is our `caution`; null for a word that names no tone. */
export const toneNamed = (name: string): string | null =>
  BY_NAME.get(name.toLowerCase().replace(/^(?:callout|admonition|alert|is)-/, '')) ?? null;
