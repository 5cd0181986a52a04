/** Which header fields a DKIM signature covers, and which of them must not be duplicated (RFC 6376 5.4, 8.15). */

/**
 * How often `h=` lists a field. `always`: once more than it occurs, even if it does not occur. `present`: once more
 * only if it occurs, so that a relay may add the field to a mail that has none (say, a List-Unsubscribe to a
 * confirmation). `once`: a relay may add another (its own Feedback-ID); verifiers take the lowest, which is ours.
 */
export const covered: Readonly<Record<string, 'always' | 'present' | 'once'>> = {
  from: 'always',
  to: 'always',
  'reply-to': 'always',
  subject: 'always',
  date: 'once',
  'message-id': 'once',
  'mime-version': 'once',
  'content-type': 'present',
  'list-id': 'present',
  'list-unsubscribe': 'present',
  'list-unsubscribe-post': 'present',
  'list-archive': 'present',
  'feedback-id': 'once',
};

/** What a relay's option `unsigned` may leave out. From must be signed (RFC 6376 5.4). */
export const mayBeUnsigned: readonly string[] = Object.keys(covered).filter((name) => name !== 'from');
