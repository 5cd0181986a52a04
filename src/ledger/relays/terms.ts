/** What a relay may be asked to take. */
import type { RelayTerms } from '../../ports.ts';

/** Used until somebody sets limits. */
export const noLimits: RelayTerms = {
  rate: 0,
  minute: 0,
  hour: 0,
  day: 0,
  connections: 0,
  messages: 0,
  weight: 1,
  direct: false,
};

/** The limits of SMTP_URL, overridden by the operator's (null: not set). */
export function termsOf(
  said: RelayTerms,
  set: { readonly [Name in keyof RelayTerms]: RelayTerms[Name] | null } | undefined,
): RelayTerms {
  return {
    rate: set?.rate ?? said.rate,
    minute: set?.minute ?? said.minute,
    hour: set?.hour ?? said.hour,
    day: set?.day ?? said.day,
    connections: set?.connections ?? said.connections,
    messages: set?.messages ?? said.messages,
    weight: set?.weight ?? said.weight,
    direct: set?.direct ?? said.direct,
  };
}
