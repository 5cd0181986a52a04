/**
 * What is particular about one provider's SMTP relay, as data. Nothing here is needed to send: a profile lets feedback
 * find its way back, and spares errors that the provider is known for. docs/relays.md names the source of each.
 */

export interface RelayProfile {
  /** As people call it. */
  title: string;
  /** Its hosts, in lower case: the profile is guessed from them. */
  hosts: RegExp;
  /** Fields of each message. `{{delivery}}` stands for our delivery id, without dots, which its events bring back. */
  headers: Readonly<Record<string, string>>;
  /** Fields that it replaces, so no signature of ours may cover them. */
  replaces?: readonly string[];
  /** Of RelayTerms, where the operator sets none. */
  defaults?: { messages?: number; connections?: number };
  /** It closes connections that are idle for longer; we leave a little earlier. */
  idleMs?: number;
  /** Finds its own id of the message in its reply to the final dot. */
  replyId?: RegExp;
  /** Its 250 is no acceptance: what may become of the mail. */
  answersLater?: string;
  /** It drops a second message with the same key, for so long after the first. */
  idempotencyMs?: number;
  /** What an operator should know: what it does to List-Unsubscribe, what must be switched off. */
  notes?: readonly string[];
}
