/** The Message-ID that all attempts of a delivery share. */

/**
 * Stable per delivery, the same on every attempt. It combines the ledger's key with the edition's hash, so that two
 * installations under one domain never produce the same one.
 */
export function messageId(issueId: number, deliveryId: number, label: string, domain: string): string {
  return `${issueId}.${deliveryId}.${label}@${domain}`;
}
