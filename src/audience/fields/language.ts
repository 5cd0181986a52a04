/** Language tags (BCP 47), as people type them. */
import { Refused } from '../../errors.ts';

/** In canonical spelling, e.g. `zh-Hans`. Underscores count as hyphens. Throws Refused('bad-language'). */
export function readLanguage(text: string): string {
  const tag = text.trim().replaceAll('_', '-');
  try {
    const canonical = /^[a-z]{2,3}(-|$)/i.test(tag) && tag.length <= 35 && Intl.getCanonicalLocales(tag)[0];
    if (canonical) return canonical;
  } catch {
    // Intl throws for text that is not a tag at all; it is refused below.
  }
  throw new Refused(
    'bad-language',
    `expected a language tag such as en, zh or pt-BR, found "${text.slice(0, 40)}"`,
  );
}
