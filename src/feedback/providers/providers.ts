/** The providers whose events we understand, by the name that stands in the URL. */
import { brevo } from './brevo.ts';
import { mailgun } from './mailgun.ts';
import { postmark } from './postmark.ts';
import type { Provider } from './provider.ts';
import { resend } from './resend.ts';
import { sendgrid } from './sendgrid.ts';
import { ses } from './ses.ts';

export const providers = { ses, sendgrid, mailgun, postmark, brevo, resend } as const satisfies Record<
  string,
  Provider
>;

export type ProviderName = keyof typeof providers;

export const providerNames = Object.keys(providers) as ProviderName[];

export const isProvider = (name: string): name is ProviderName => Object.hasOwn(providers, name);
