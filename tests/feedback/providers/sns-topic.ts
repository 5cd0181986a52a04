/** A topic of SNS with a key of its own, whose certificate a handed-in fetch serves. */
import { execFileSync } from 'node:child_process';
import { createSign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openssl, provide } from '../../helpers/setup/programs.ts';

export const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ses-events';

interface Pair {
  key: string;
  cert: string;
}

/** RSA, self-signed. */
export function rsaCertificate(): Pair {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-test-sns-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', '/CN=sns.amazonaws.com'];
  try {
    execFileSync(provide(openssl), ['req', '-x509', ...kind, '-keyout', key, '-out', cert], {
      stdio: 'pipe',
    });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Fields = Record<string, string>;

const NOTIFICATION = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
const CONFIRMATION = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];

/** Signs as AWS documents it. */
export function signSns(pair: Pair, fields: Fields, version: '1' | '2' = '2'): Fields {
  const names = fields.Type === 'Notification' ? NOTIFICATION : CONFIRMATION;
  const text = names
    .filter((name) => name in fields)
    .map((name) => `${name}\n${fields[name]}\n`)
    .join('');
  const signature = createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256')
    .update(text)
    .sign(pair.key, 'base64');
  return { ...fields, SignatureVersion: version, Signature: signature };
}

let messages = 0;

export const notification = (message: object | string, more: Fields = {}): Fields => ({
  Type: 'Notification',
  MessageId: `message-${++messages}`,
  TopicArn: TOPIC,
  Message: typeof message === 'string' ? message : JSON.stringify(message),
  Timestamp: new Date().toISOString(),
  SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
  ...more,
});

export const confirmation = (more: Fields = {}): Fields =>
  notification('You have chosen to subscribe', {
    Type: 'SubscriptionConfirmation',
    Token: 'token-of-the-subscription',
    SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription',
    ...more,
  });
