/** The extensions that a relay announces in its reply to EHLO (RFC 5321 4.1.1.1). */

export interface EhloCapabilities {
  pipelining: boolean;
  eightBit: boolean;
  utf8: boolean;
  /** Largest message in bytes; null: no limit announced. */
  size: number | null;
}

/** `lines`: the reply without its codes and without the first line, which names the relay. Empty where it knows only HELO. */
export function parseEhlo(lines: readonly string[]): EhloCapabilities {
  const keywords = new Map(
    lines.map((line) => {
      const [keyword = '', ...parameters] = line.trim().split(/\s+/);
      return [keyword.toUpperCase(), parameters];
    }),
  );
  return {
    pipelining: keywords.has('PIPELINING'),
    eightBit: keywords.has('8BITMIME'),
    utf8: keywords.has('SMTPUTF8'),
    // RFC 1870 4: both 0 and a missing number mean that there is no stated limit.
    size: Number(keywords.get('SIZE')?.[0] ?? 0) || null,
  };
}

/** Only Exim announces these. `relay test` then warns of Exim's defaults, which hurt newsletters. */
export const isExim = (lines: readonly string[]): boolean =>
  lines.some((line) => /^(PIPECONNECT|X_PIPE_CONNECT|PRDR)\b/i.test(line.trim()));
