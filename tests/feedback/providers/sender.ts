/** What a provider's file knows about a request in these tests. */
import type { EventRequest, KnownSender } from '../../../src/feedback/providers/provider.ts';

export const NOW = new Date('2026-12-01T12:00:00Z');

export const senderOf = (more: Partial<KnownSender> = {}): KnownSender => ({
  pinned: null,
  secrets: [],
  now: NOW,
  fetchText: async (url) => {
    throw new Error(`nothing may be fetched here, not ${url}`);
  },
  ...more,
});

export const requestOf = (body: string | object, headers: Record<string, string> = {}): EventRequest => ({
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

/** A delivery token without its dots, as it comes back, and with them. */
export const TOKEN = 'abcd.AQIDBAUGBwg.0123456789abcdefghijkl';
export const BARE = TOKEN.replaceAll('.', '');

/** `kind class reason status` of each event, for tables. */
export const meanings = (
  events: readonly { kind: string; report: { recipients: readonly { class: string; reason: string }[] } }[],
) =>
  events.map(({ kind, report }) => {
    const { class: what, reason } = report.recipients[0]!;
    return kind === 'report' ? `${what} ${reason}` : kind;
  });
