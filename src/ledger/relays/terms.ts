/** What a relay may be asked to take. */
import type { RelayTerms } from '../../ports.ts';

/** Before anybody sets limits to it. */
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

/** What SMTP_URL says, and over it what the operator set (null: nothing). */
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
