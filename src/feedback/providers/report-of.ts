/** Builds events in our words out of a provider's. */
import { withDots } from '../../consent/dotless-token.ts';
import type { EventKind, ProviderEvent } from './provider.ts';
import { type ProviderVerdict, refine } from './refine.ts';

/** Under this name our delivery id travels through every provider's metadata. */
export const METADATA_NAME = 'postrider';

export interface EventParts {
  id: string;
  kind: EventKind;
  recipient: string | null;
  /** For a report: what the provider says it is. Its server's words may make that milder. */
  said?: ProviderVerdict;
  /** The enhanced status code, where the provider gives one by itself. */
  status?: string | null;
  /** The reply of the recipient's server. */
  diagnostic?: string | null;
  /** Our delivery id, as it came back in the provider's metadata or in our own header. */
  token?: string | null;
  messageId?: string | null;
  /** The provider's id of the message, which its reply to the final dot may have named. */
  relayId?: string | null;
}

export function eventOf(parts: EventParts): ProviderEvent {
  const { id, kind, recipient, diagnostic = null, token, messageId, relayId } = parts;
  const {
    class: said,
    reason,
    status,
  } = refine(parts.said ?? { class: 'other', reason: kind }, parts.status ?? null, diagnostic);
  const full = token ? withDots(token) : null;
  return {
    id: id.slice(0, MAX_ID_CHARS),
    kind,
    report: {
      recipients: [
        { recipient: bareAddress(recipient), original: null, class: said, reason, status, diagnostic },
      ],
      clues: {
        deliveryTokens: full ? [full] : [],
        returnPaths: [],
        relayIds: relayId ? [relayId] : [],
        messageIds: messageId ? [messageId.replace(/^<|>$/g, '')] : [],
      },
    },
  };
}

const MAX_ID_CHARS = 300;

/** `Name <a@b>`, `<a@b>` or `a@b`. */
function bareAddress(text: string | null): string | null {
  const found = /([^\s<>"(),;:]+@[^\s<>"(),;:]+)>?\s*$/.exec(text ?? '');
  return found?.[1] ?? null;
}
