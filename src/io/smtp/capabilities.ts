/** What a relay offers, as its reply to EHLO says (RFC 5321 4.1.1.1). */

export interface EhloCapabilities {
  pipelining: boolean;
  eightBit: boolean;
  utf8: boolean;
  /** Largest message in bytes; null: none stated. */
  size: number | null;
}

/** `lines`: of the reply, without codes and without the first, which names the relay. None where it knows only HELO. */
export function parseEhlo(lines: readonly string[]): EhloCapabilities {
  const offered = new Map(
    lines.map((line) => {
      const [keyword = '', ...parameters] = line.trim().split(/\s+/);
      return [keyword.toUpperCase(), parameters];
    }),
  );
  return {
    pipelining: offered.has('PIPELINING'),
    eightBit: offered.has('8BITMIME'),
    utf8: offered.has('SMTPUTF8'),
    // RFC 1870 4: 0 and no number both mean that no limit is stated.
    size: Number(offered.get('SIZE')?.[0] ?? 0) || null,
  };
}

/** Exim alone offers these; what its defaults do to a newsletter is worth telling. */
export const isExim = (lines: readonly string[]): boolean =>
  lines.some((line) => /^(PIPECONNECT|X_PIPE_CONNECT|PRDR)\b/i.test(line.trim()));
