/**
 * Mail providers as SPF sees them, by the host name of their relay. One that puts its own domain into the return path
 * passes SPF for that domain, which DMARC does not count for ours: there, only DKIM is aligned, until a return path
 * below the sender's own domain is set up with the provider. docs/relays.md says where each fact is from.
 */

export interface Provider {
  name: string;
  host: RegExp;
  /** It replaces our return path. */
  replacesReturnPath: boolean;
  /** What a sender's SPF record includes for it, where it keeps our return path. */
  include: string | null;
  /** What it calls a return path of one's own. */
  ownReturnPath: string | null;
}

const replacing = (name: string, host: RegExp, ownReturnPath: string | null): Provider => ({
  name,
  host,
  replacesReturnPath: true,
  include: null,
  ownReturnPath,
});

const keeping = (name: string, host: RegExp, include: string): Provider => ({
  name,
  host,
  replacesReturnPath: false,
  include,
  ownReturnPath: null,
});

const PROVIDERS: readonly Provider[] = [
  replacing('Amazon SES', /\.amazonaws\.com$/, 'a custom MAIL FROM domain'),
  replacing('SendGrid', /\.sendgrid\.net$/, 'domain authentication'),
  replacing('Mailgun', /\.mailgun\.org$/, 'a sending domain'),
  replacing('Postmark', /\.postmarkapp\.com$/, 'a custom Return-Path'),
  replacing('Brevo', /\.(?:brevo|sendinblue)\.com$/, null),
  replacing('Resend', /\.resend\.com$/, 'a custom return path'),
  replacing('SparkPost', /\.sparkpostmail\.com$/, 'a bounce domain'),
  replacing('Mailjet', /\.mailjet\.com$/, 'a custom Return-Path'),
  replacing('SMTP2GO', /\.smtp2go\.com$/, 'a return path below the sender domain'),
  replacing('Cloudflare', /\.mx\.cloudflare\.net$/, null),
  keeping('Google', /^smtp(?:-relay)?\.gmail\.com$/, '_spf.google.com'),
  keeping('Microsoft 365', /\.office365\.com$/, 'spf.protection.outlook.com'),
];

export const providerOf = (host: string): Provider | null =>
  PROVIDERS.find((provider) => provider.host.test(host.toLowerCase())) ?? null;
