/** What a language means for typesetting and dates. */

/** The primary subtag in lower case: `zh` of `zh-Hans-CN`. */
export const primary = (language: string): string => language.split(/[-_]/)[0]!.toLowerCase();

/** Whether lines break between any two characters: Chinese, Japanese, Korean. */
export const isIdeographic = (language: string): boolean => ['zh', 'ja', 'ko'].includes(primary(language));

/** A date as people of that language write it; `date` is `YYYY-MM-DD`. */
export function longDate(date: string, language: string): string {
  return dateFormat(language).format(new Date(`${date}T00:00:00Z`));
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Cached, because making a format takes longer than rendering a short issue. */
function dateFormat(language: string): Intl.DateTimeFormat {
  const tag = knownTag(language);
  const format = formats.get(tag) ?? new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' });
  formats.set(tag, format);
  return format;
}

function knownTag(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
