import { expect, test } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { profileNames } from '../../src/delivery/relay/profiles/profiles.ts';
import { BadSettings } from '../../src/errors.ts';

const relayOf = (SMTP_URL: string) => readConfig({ SMTP_URL }).relays[0]!;

test.each([
  ['email-smtp.eu-west-1.amazonaws.com', 'ses'],
  ['email-smtp-fips.us-gov-west-1.amazonaws.com', 'ses'],
  ['smtp.sendgrid.net', 'sendgrid'],
  ['smtp.eu.mailgun.org', 'mailgun'],
  ['smtp-broadcasts.postmarkapp.com', 'postmark'],
  ['smtp.postmarkapp.com', 'postmark'],
  ['smtp-relay.brevo.com', 'brevo'],
  ['smtp-relay.sendinblue.com', 'brevo'],
  ['SMTP.Resend.com', 'resend'],
  ['smtp.eu.sparkpostmail.com', 'sparkpost'],
  ['in-v3.mailjet.com', 'mailjet'],
  ['mail.smtp2go.com', 'smtp2go'],
  ['mail-eu.smtp2go.com', 'smtp2go'],
  ['smtp.gmail.com', 'google'],
  ['smtp-relay.gmail.com', 'google'],
  ['smtp.office365.com', 'm365'],
  ['smtp.mx.cloudflare.net', 'cloudflare'],
  ['smtpdm.aliyun.com', 'aliyun'],
  ['smtpdm-ap-southeast-1.aliyuncs.com', 'aliyun'],
  ['smtp.qcloudmail.com', 'tencent'],
])('%s is guessed to be %s', (host, name) => {
  expect(relayOf(`smtp://u:p@${host}`).profile).toEqual({ name, guessed: true });
});

test.each([
  'mail.example.org',
  'smtp.resend.com.example.org',
  'notsmtp.resend.com',
  'email-smtp.eu-west-1.amazonaws.com.example.org',
  '127.0.0.1',
])('%s has no profile', (host) => {
  const relay = relayOf(`smtp://${host}`);
  expect([relay.profile, relay.headers, relay.unsigned]).toEqual([undefined, {}, []]);
});

test.each(profileNames)('profile=%s is taken from the URL, whatever the host', (name) => {
  expect(relayOf(`smtp://u:p@relay.example.org?profile=${name}`).profile).toEqual({ name, guessed: false });
});

test('profile=none takes nothing from the host', () => {
  const relay = relayOf('smtp://u:p@smtp.postmarkapp.com?profile=none');
  expect([relay.profile, relay.headers]).toEqual([undefined, {}]);
});

test.each(['nobody', 'constructor', ''])('profile=%s is refused and says which there are', (name) => {
  expect(() => relayOf(`smtp://u:p@mail.example.org?profile=${name}`)).toThrow(BadSettings);
  expect(() => relayOf(`smtp://u:p@mail.example.org?profile=${name}`)).toThrow(/ses, sendgrid.* or none/);
});

test('the profile gives defaults, and the options of the URL count more', () => {
  const ses = relayOf('smtp://u:p@email-smtp.eu-west-1.amazonaws.com');
  expect(ses).toMatchObject({ unsigned: ['message-id', 'date'], idleMs: 8_000, messages: 0 });
  const own = relayOf('smtp://u:p@email-smtp.eu-west-1.amazonaws.com?unsigned=date&idle=5&messages=30');
  expect(own).toMatchObject({ unsigned: ['date'], idleMs: 5_000, messages: 30 });
  expect(relayOf('smtp://u:p@smtp.sendgrid.net').messages).toBe(5_000);
  expect(relayOf('smtp://u:p@smtp.sendgrid.net?messages=0').messages).toBe(0);
  expect(relayOf('smtp://u:p@smtp.office365.com').connections).toBe(3);
});

test('a field that the operator sets takes the place of the profile’s, in any case', () => {
  const { headers } = relayOf(
    'smtp://u:p@smtp.postmarkapp.com?header.x-pm-keepid=false&header.X-PM-Message-Stream=news',
  );
  expect(headers).toEqual({
    'X-PM-Metadata-postrider': '{{delivery}}',
    'x-pm-keepid': 'false',
    'X-PM-Message-Stream': 'news',
  });
});
