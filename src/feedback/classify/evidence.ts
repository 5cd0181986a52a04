/** A server's words as the rules read them. */

/** Longer replies repeat themselves. */
const MAX_CHARS = 2_000;
const ADDRESS = /<?[^\s<>()[\]:;,"'=]{1,200}@[^\s<>()[\]:;,"']{1,255}>?/g;
const REPEATED_CODE = /(?<=\S\s)([45]\d\d)[- ](?:([45]\.\d{1,3}\.\d{1,3})(?=\s|$))?/g;
/** `550 5.1.1`, `550-5.1.1`, `550 #5.1.1`, `(#5.1.1)`, `550 <ann@example.org> 5.1.1`; not the numbers of an address. */
const REPLY_CODE = /(?<![\d.:/=-])([45]\d\d)(?=$|[\s:;,)>\]"'-])/;
const ENHANCED_CODE = /(?<![\d.])([245]\.[0-7]\.\d{1,3})(?![\d.])/g;

/** One line, every address as `x@y`, a code that each line of a long reply repeats only once. */
export function toLine(text: string): string {
  const line = text
    .slice(0, MAX_CHARS * 2)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_CHARS);
  const seen = new Set<string>();
  return line
    .replace(ADDRESS, ' <x@y> ')
    .replace(/ {2,}/g, ' ')
    .replace(REPEATED_CODE, (whole, code: string) => {
      const repeated = seen.has(code);
      seen.add(code);
      return repeated ? '' : whole;
    });
}

export const replyCodeOf = (line: string): string | null => REPLY_CODE.exec(line)?.[1] ?? null;

/** The one that says most: `5.0.0` says nothing. */
export function enhancedCodeOf(line: string): string | null {
  const codes = Array.from(line.matchAll(ENHANCED_CODE), ([, code = '']) => code);
  return codes.find((code) => !isVague(code)) ?? codes[0] ?? null;
}

/** `5.0.0`: the report's writer knows no more than that it failed. */
export const isVague = (status: string): boolean => /^[245]\.0\.\d+$/.test(status);
