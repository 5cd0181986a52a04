/** Parses FEEDBACK_SECRETS. Faults name a secret by its position and provider, never by its text. */
import type { Provider } from '../feedback/providers/provider.ts';
import { isProvider, providerNames, providers } from '../feedback/providers/providers.ts';
import { BadValue } from './reader.ts';

export interface FeedbackSecret {
  provider: string;
  secret: string;
}

const MIN_CHARS = 16;

const signing = providerNames.filter((name) => (providers[name] as Provider).needsSecret);

/** `mailgun:KEY resend:whsec_KEY`. */
export function feedbackSecrets(text: string): FeedbackSecret[] {
  return text.split(/\s+/).map((part, at) => {
    const provider = part.slice(0, Math.max(0, part.indexOf(':')));
    const secret = part.slice(provider.length + 1);
    const which = `secret ${at + 1}`;
    if (!isProvider(provider) || !signing.includes(provider))
      throw new BadValue(
        `expected each as PROVIDER:KEY with ${signing.join(' or ')}, found ${which} otherwise`,
      );
    if (secret.length < MIN_CHARS)
      throw new BadValue(
        `expected a key of at least ${MIN_CHARS} characters for ${provider}, found a shorter one`,
      );
    if (provider === 'resend' && !/^whsec_[A-Za-z0-9+/]+=*$/.test(secret))
      throw new BadValue('expected a key that begins with whsec_ for resend, found another');
    return { provider, secret };
  });
}
