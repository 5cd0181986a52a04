/** Consent, choosing and leaving, segments, and what comes back. Expands only: release 0.1.0 may still run beside it. */
import { audience } from './0002-consent-and-feedback/audience.ts';
import { choosing } from './0002-consent-and-feedback/choosing.ts';
import { feedback } from './0002-consent-and-feedback/feedback.ts';
import { providers } from './0002-consent-and-feedback/providers.ts';
import { subscribing } from './0002-consent-and-feedback/subscribing.ts';

export const consentAndFeedback = {
  version: 2,
  name: 'consent and feedback',
  compatible: 1,
  sql: [subscribing, choosing, audience, feedback, providers].join('\n'),
} as const;
