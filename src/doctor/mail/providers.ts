/**
 * What SPF means with a provider's relay. One that puts its own domain into the return path passes SPF for that domain,
 * which DMARC does not count for ours: there, only DKIM is aligned, until a return path below the sender's own domain is
 * set up with the provider. docs/relays.md says where each fact is from.
 */
import { profileOf } from '../../delivery/relay/profiles/profiles.ts';
import type { Relay } from '../../ports.ts';

export interface Provider {
  title: string;
  /** It replaces our return path. */
  replacesReturnPath: boolean;
  /** What a sender's SPF record includes for it, where it keeps our return path. */
  include: string | null;
  /** What it calls a return path of one's own. */
  ownReturnPath: string | null;
}

type ReturnPath = Omit<Provider, 'title'>;

const replacing = (ownReturnPath: string | null): ReturnPath => ({
  replacesReturnPath: true,
  include: null,
  ownReturnPath,
});

const keeping = (include: string): ReturnPath => ({
  replacesReturnPath: false,
  include,
  ownReturnPath: null,
});

/** By the name of the relay's profile. Of the others we do not know. */
const RETURN_PATHS: Readonly<Record<string, ReturnPath>> = {
  ses: replacing('a custom MAIL FROM domain'),
  sendgrid: replacing('domain authentication'),
  mailgun: replacing('a sending domain'),
  postmark: replacing('a custom Return-Path'),
  brevo: replacing(null),
  resend: replacing('a custom return path'),
  sparkpost: replacing('a bounce domain'),
  mailjet: replacing('a custom Return-Path'),
  smtp2go: replacing('a return path below the sender domain'),
  cloudflare: replacing(null),
  google: keeping('_spf.google.com'),
  m365: keeping('spf.protection.outlook.com'),
};

export function providerOf({ settings }: Relay): Provider | null {
  const profile = profileOf(settings);
  const returnPath = RETURN_PATHS[settings.profile?.name ?? ''];
  return profile && returnPath ? { title: profile.title, ...returnPath } : null;
}
