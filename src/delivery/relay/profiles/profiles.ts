/** The profiles by the name that `profile=` takes. */
import { aliyun } from './aliyun.ts';
import { brevo } from './brevo.ts';
import { cloudflare } from './cloudflare.ts';
import { google } from './google.ts';
import { m365 } from './m365.ts';
import { mailgun } from './mailgun.ts';
import { mailjet } from './mailjet.ts';
import { postmark } from './postmark.ts';
import type { RelayProfile } from './profile.ts';
import { resend } from './resend.ts';
import { sendgrid } from './sendgrid.ts';
import { ses } from './ses.ts';
import { smtp2go } from './smtp2go.ts';
import { sparkpost } from './sparkpost.ts';
import { tencent } from './tencent.ts';

export const profiles: Readonly<Record<string, RelayProfile>> = {
  ses,
  sendgrid,
  mailgun,
  postmark,
  brevo,
  resend,
  sparkpost,
  mailjet,
  smtp2go,
  google,
  m365,
  cloudflare,
  aliyun,
  tencent,
};

export const profileNames = Object.keys(profiles);

/** The name of the profile that a host belongs to; null for a relay that we know nothing about. */
export const guessProfile = (host: string): string | null =>
  profileNames.find((name) => profiles[name]!.hosts.test(host.toLowerCase())) ?? null;

/** Null for a relay without one. */
export const profileOf = ({ profile }: { profile?: { name: string } }): RelayProfile | null =>
  (profile && profiles[profile.name]) ?? null;
