/**
 * When what comes back endangers the sender: Gmail asks for complaints below 0.1 % and treats 0.3 % as too many; SES
 * reviews an account at 5 % of bad addresses.
 */
import type { FeedbackCounts } from './rates.ts';

export interface FeedbackAlarm {
  what: 'complaints' | 'bounces';
  level: 'warning' | 'alarm';
  /** Percent of the accepted. */
  percent: number;
  limit: number;
}

/** Shares of fewer say nothing. */
const MIN_ACCEPTED = 200;
/** One person is no trend. */
const MIN_COMPLAINTS = 2;

const COMPLAINTS_WARNING = 0.1;
const COMPLAINTS_ALARM = 0.3;
const BOUNCES_WARNING = 2;
const BOUNCES_ALARM = 5;

export function alarmsOf({ accepted, bounced, complained }: FeedbackCounts): FeedbackAlarm[] {
  if (accepted < MIN_ACCEPTED) return [];
  const complaints = complained < MIN_COMPLAINTS ? 0 : percentOf(complained, accepted);
  return [
    ...alarm('complaints', complaints, COMPLAINTS_WARNING, COMPLAINTS_ALARM),
    ...alarm('bounces', percentOf(bounced, accepted), BOUNCES_WARNING, BOUNCES_ALARM),
  ];
}

/** Rounded to what two decimals show. */
export const percentOf = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((10_000 * part) / whole) / 100;

function alarm(
  what: FeedbackAlarm['what'],
  percent: number,
  warning: number,
  limit: number,
): FeedbackAlarm[] {
  if (percent >= limit) return [{ what, level: 'alarm', percent, limit }];
  if (percent >= warning) return [{ what, level: 'warning', percent, limit: warning }];
  return [];
}

/** `0.34 % complaints (limit 0.3 %)` */
export const alarmText = ({ what, percent, limit }: FeedbackAlarm): string =>
  `${percent} % ${what} (limit ${limit} %)`;
