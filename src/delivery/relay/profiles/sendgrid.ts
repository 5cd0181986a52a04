import type { RelayProfile } from './profile.ts';

export const sendgrid: RelayProfile = {
  title: 'Twilio SendGrid',
  hosts: /^smtp(\.eu)?\.sendgrid\.net$/,
  headers: { 'X-SMTPAPI': '{"unique_args":{"postrider":"{{delivery}}"}}' },
  defaults: { messages: 5_000 },
  replyId: /queued as (\S+)$/,
  notes: ['switch its subscription tracking off, or it inserts unsubscribe links of its own'],
};
