/** Why an issue is paused or cancelled: a code, which the program decides by, and a detail for people. */
type ReasonCode =
  | 'editor'
  | 'cancelled'
  /** Too many were refused, bounced or complained. */
  | 'breaker'
  /** A canary had its answers, and a person is to look at them. */
  | 'canary'
  | 'missed-schedule'
  | 'not-served'
  /** The database is a copy of another one. */
  | 'restored'
  | 'relay-missing'
  | RelayFault;

/** What a worker finds while it sends, and stops an issue for. */
export type RelayFault =
  | 'relay-refuses-login'
  | 'relay-refuses-name'
  | 'relay-refuses-sender'
  | 'cannot-compose';

export interface Reason {
  code: ReasonCode;
  detail: string | null;
}

/** A pause that somebody asked for. */
export const byEditor = (detail = 'paused by the editor'): Reason => ({ code: 'editor', detail });

/** As people and scripts read it: `code: detail`. An editor's own words stand alone. */
export function reasonText(code: string | null, detail: string | null): string | null {
  if (code === null || detail === null) return code;
  return code === 'editor' ? detail : `${code}: ${detail}`;
}
