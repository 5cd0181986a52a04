/** What every attempt of a delivery is known by on the wire. */

/**
 * Stable per delivery, the same on every attempt: from the ledger's key, and the edition's hash so that two
 * installations under one domain never give the same.
 */
export function messageId(issueId: number, deliveryId: number, label: string, domain: string): string {
  return `${issueId}.${deliveryId}.${label}@${domain}`;
}
