/**
 * Who may still get a delivery `d`, as SQL text: what the mark asks before each dot, and what decides whom a refused
 * mark skips.
 */

/** Suppressions `x` of the person of `d` that hold now. */
export const suppressionsOfPerson = `suppressions x WHERE x.subscriber_id = d.subscriber_id AND x.lifted_at IS NULL
    AND (x.newsletter_id IS NULL OR x.newsletter_id = d.newsletter_id) AND (x.until IS NULL OR x.until > clock_timestamp())`;

/** The person of `d` unsubscribed, or was suppressed or erased, since it was planned. */
export const isIneligible = `(
  NOT EXISTS (SELECT 1 FROM subscriptions c WHERE c.id = d.subscription_id AND c.state = 'confirmed')
  OR EXISTS (SELECT 1 FROM ${suppressionsOfPerson}))`;

/**
 * A confirmation goes only to somebody whose subscription is still pending, or another one that the same mail asks
 * about (`d.about` is their joint key).
 */
export const isPending = `EXISTS (SELECT 1 FROM subscriptions c WHERE c.state = 'pending' AND c.subscriber_id = d.subscriber_id
    AND (c.id = d.subscription_id OR c.joint_key = d.about))`;

/**
 * The reason that their unsubscribe, suppression or erasure would have recorded on a row that was waiting at that
 * moment.
 */
export const whyIneligible = `coalesce(
  (SELECT x.reason FROM ${suppressionsOfPerson} ORDER BY x.id DESC LIMIT 1),
  (SELECT 'unsubscribed' FROM subscriptions c WHERE c.id = d.subscription_id), 'erased')`;
