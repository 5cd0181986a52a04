/** The Message-ID that all attempts of a delivery share. */

/**
 * Stable per delivery, the same on every attempt. It combines the ledger's key with the edition's hash, so that two
 * installations under one domain never produce the same one.
 */
export function messageId(issueId: number, deliveryId: number, label: string, domain: string): string {
  return `${issueId}.${deliveryId}.${label}@${domain}`;
}

/** What a Message-ID of ours says; null for every other one. It is not signed. */
export function readMessageId(id: string): { issue: number; delivery: number; label: string } | null {
  const match = /^<?(\d{1,15})\.(\d{1,15})\.([0-9a-f]{8})@[^@<>\s]+>?$/.exec(id);
  if (!match) return null;
  const [, issue, delivery, label] = match as unknown as [string, string, string, string];
  return { issue: Number(issue), delivery: Number(delivery), label };
}
