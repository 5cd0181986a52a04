/** When to try again, as some replies say it in words. */

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const CHINESE: Readonly<Record<string, string>> = { 秒: 's', 分: 'm', 小: 'h', 时: 'h', 天: 'd' };

/** Whatever a reply says, nobody waits longer than this because of it. */
const MAX_SAID_MS = 24 * UNIT_MS.h!;

/** `in 24 hours`, `after 300 seconds`, `wait 5 min`, `reset in 21.43 hours`; not `its 24-hour limit`. */
const IN_WORDS =
  /\b(?:in|after|for|wait|within|least|another|about)\s+(\d+(?:\.\d+)?)\s*(s|m|h|d)(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?|ays?)?\b/i;
/** `come back in 00:04:59` */
const ON_A_CLOCK = /\b(?:in|after|for|wait)\s+(\d{1,2}):(\d\d):(\d\d)\b/i;
const BARE_SECONDS = /\bretry[- ]after:?\s*(\d+)\b(?!\s*[a-z])/i;
const IN_CHINESE = /(\d+)\s*(秒|分|小时|天)钟?[之以]?后/u;

/** Milliseconds, at most a day; null if the reply does not say. */
export function saidWaitMs(text: string): number | null {
  const ms = inWords(text) ?? onAClock(text) ?? bareSeconds(text) ?? inChinese(text);
  return ms === null || ms <= 0 ? null : Math.min(ms, MAX_SAID_MS);
}

function inWords(text: string): number | null {
  const match = IN_WORDS.exec(text);
  return match ? Number(match[1]) * UNIT_MS[match[2]!.toLowerCase()]! : null;
}

function onAClock(text: string): number | null {
  const match = ON_A_CLOCK.exec(text);
  return match ? ((Number(match[1]) * 60 + Number(match[2])) * 60 + Number(match[3])) * 1_000 : null;
}

function bareSeconds(text: string): number | null {
  const match = BARE_SECONDS.exec(text);
  return match ? Number(match[1]) * 1_000 : null;
}

function inChinese(text: string): number | null {
  const match = IN_CHINESE.exec(text);
  return match ? Number(match[1]) * UNIT_MS[CHINESE[match[2]![0]!]!]! : null;
}
