import type { RelayProfile } from './profile.ts';

export const resend: RelayProfile = {
  title: 'Resend',
  hosts: /^smtp\.resend\.com$/,
  // Its events bring back X-Postrider-Id. The key: at most 256 characters, for 24 hours.
  headers: { 'Resend-Idempotency-Key': 'postrider-{{delivery}}' },
  idempotencyMs: 24 * 3_600_000,
};
