/** What came back, in numbers for people: shares of the accepted, and the alarms they raise. */
import { alarmsOf, alarmText, type FeedbackAlarm, percentOf } from '../ledger/feedback/alarms.ts';
import type { FeedbackCounts } from '../ledger/feedback/rates.ts';

export interface FeedbackView extends FeedbackCounts {
  /** Percent of the accepted. */
  bounceRate: number;
  complaintRate: number;
  unsubscribeRate: number;
  alarms: FeedbackAlarm[];
}

export function viewFeedback(counts: FeedbackCounts): FeedbackView {
  const { accepted, bounced, blocked, complained, unsubscribed } = counts;
  return {
    accepted,
    bounced,
    blocked,
    complained,
    unsubscribed,
    bounceRate: percentOf(bounced, accepted),
    complaintRate: percentOf(complained, accepted),
    unsubscribeRate: percentOf(unsubscribed, accepted),
    alarms: alarmsOf(counts),
  };
}

/** `12 bounced (0.4 %), 2 complained (0.07 %), 9 unsubscribed (0.3 %)`; empty when nothing came back. */
export function feedbackText(view: FeedbackView): string {
  const { bounced, bounceRate, blocked, complained, complaintRate, unsubscribed, unsubscribeRate } = view;
  return [
    bounced > 0 && `${bounced} bounced (${bounceRate} %)`,
    blocked > 0 && `${blocked} blocked`,
    complained > 0 && `${complained} complained (${complaintRate} %)`,
    unsubscribed > 0 && `${unsubscribed} unsubscribed (${unsubscribeRate} %)`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** The same with its alarms, for a line of a list; a dash when nothing came back. */
export const cameBack = (view: FeedbackView | undefined): string =>
  view === undefined
    ? '-'
    : [feedbackText(view), ...view.alarms.map((one) => `${one.level}: ${alarmText(one)}`)]
        .filter((part) => part !== '')
        .join('; ') || '-';
