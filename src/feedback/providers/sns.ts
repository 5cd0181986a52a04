/**
 * Messages of Amazon SNS: signed with a certificate that SNS serves itself. Any AWS account can have SNS sign a message,
 * so the signature alone says nothing: the topic must be the one that the key was pinned to, and the certificate must
 * come from SNS in that topic's region.
 */
import { createVerify, X509Certificate } from 'node:crypto';
import { type Fields, objectsOf, parseJson } from './fields.ts';
import { type KnownSender, NotAuthentic, NotUnderstood } from './provider.ts';
import { checkAge } from './signatures.ts';

export interface SnsMessage {
  type: 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';
  messageId: string;
  topicArn: string;
  message: string;
  /** To confirm a subscription. */
  token: string | null;
  /** The host of SNS in the topic's region. */
  host: string;
}

/** `arn:aws:sns:REGION:ACCOUNT:TOPIC`, also of the partitions aws-cn and aws-us-gov. */
export const TOPIC_ARN = /^arn:aws[a-z-]*:sns:([a-z]{2}[a-z0-9-]{3,30}):\d{12}:[\w-]{1,256}(\.fifo)?$/;

/** SNS repeats a message for an hour at most. */
const MAX_AGE_MS = 2 * 3_600_000;

/** What is signed, in this order (AWS, "Verifying the signatures of Amazon SNS messages"). */
const SIGNED = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: [
    'Message',
    'MessageId',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const satisfies Record<SnsMessage['type'], readonly string[]>;

const ALGORITHMS: Readonly<Record<string, string>> = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' };

/** Throws NotAuthentic, or NotUnderstood for what is no message of SNS (raw delivery, which is not signed). */
export async function readSns(body: Buffer, sender: KnownSender): Promise<SnsMessage> {
  const [fields = {}] = objectsOf(parseJson(body));
  const type = text(fields, 'Type');
  if (!Object.hasOwn(SIGNED, type))
    throw new NotUnderstood('expected a message of SNS (switch raw delivery off)');
  const topicArn = text(fields, 'TopicArn');
  const [, region] = TOPIC_ARN.exec(topicArn) ?? [];
  if (sender.pinned === null || topicArn !== sender.pinned || !region)
    throw new NotAuthentic('it is of another topic');
  checkAge(new Date(text(fields, 'Timestamp')), sender.now, MAX_AGE_MS);
  const url = certificateUrl(text(fields, 'SigningCertURL'), region);
  const algorithm = ALGORITHMS[text(fields, 'SignatureVersion')];
  if (algorithm === undefined) throw new NotAuthentic('its signature version is not known');
  const { publicKey } = await certificateAt(url, sender);
  const signed = SIGNED[type as SnsMessage['type']]
    .filter((name) => typeof fields[name] === 'string')
    .map((name) => `${name}\n${fields[name]}\n`)
    .join('');
  if (!createVerify(algorithm).update(signed).verify(publicKey, text(fields, 'Signature'), 'base64'))
    throw new NotAuthentic('its signature is wrong');
  return {
    type: type as SnsMessage['type'],
    messageId: text(fields, 'MessageId'),
    topicArn,
    message: text(fields, 'Message'),
    token: typeof fields.Token === 'string' ? fields.Token : null,
    host: url.host,
  };
}

/** Not cleaned: the signature covers the text as it is. */
function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** Only SNS of the topic's region may say with which key SNS signs. */
function certificateUrl(address: string, region: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  const hosts = [`sns.${region}.amazonaws.com`, `sns.${region}.amazonaws.com.cn`];
  if (
    url === null ||
    url.protocol !== 'https:' ||
    !hosts.includes(url.host) ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    !/^\/[\w-]+\.pem$/.test(url.pathname)
  )
    throw new NotAuthentic("its certificate does not come from SNS of the topic's region");
  return url;
}

const MAX_CERTIFICATES = 20;
const certificates = new Map<string, X509Certificate>();

/** Certificates never change under their address. */
async function certificateAt({ href }: URL, { now, fetchText }: KnownSender): Promise<X509Certificate> {
  const known = certificates.get(href);
  const certificate = known ?? readCertificate(await fetchText(href));
  if (
    !(Date.parse(certificate.validFrom) <= now.getTime() && now.getTime() <= Date.parse(certificate.validTo))
  )
    throw new NotAuthentic('its certificate is not valid now');
  if (!known && certificates.size >= MAX_CERTIFICATES) certificates.clear();
  certificates.set(href, certificate);
  return certificate;
}

function readCertificate(pem: string): X509Certificate {
  try {
    const certificate = new X509Certificate(pem);
    if (certificate.publicKey.asymmetricKeyType === 'rsa') return certificate;
  } catch (cause) {
    throw new NotAuthentic('its certificate cannot be read', { cause });
  }
  throw new NotAuthentic('its certificate has no RSA key');
}

/** The address is built from what was verified, and not taken from the message. */
export async function confirmSubscription(sns: SnsMessage, { fetchText }: KnownSender): Promise<void> {
  if (sns.token === null) throw new NotUnderstood('expected a token to confirm the subscription with');
  const query = new URLSearchParams({
    Action: 'ConfirmSubscription',
    Version: '2010-03-31',
    TopicArn: sns.topicArn,
    Token: sns.token,
  });
  await fetchText(`https://${sns.host}/?${query}`);
}
