/** What in a report may name one of our deliveries. Nothing of it is trusted here. */

import { addressesIn } from '../mail/addresses.ts';
import { decodeBody } from '../mail/decode.ts';
import type { Headers } from '../mail/headers.ts';
import type { Mail } from '../mail/parts.ts';
import type { Clues } from '../report.ts';

const MAX_EACH = 20;
const MAX_TOKEN_CHARS = 500;
/** Mail servers that add or keep the envelope's recipient. */
const SENT_TO = [
  'to',
  'cc',
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'x-envelope-to',
  'x-delivered-to',
];
const REPLIED_TO = ['in-reply-to', 'references', 'x-original-message-id'];
const TOKEN = /^[ \t>]{0,8}X-Postrider-Id:[ \t]*(?:\n[ \t]+)?([^\s<>"]{1,500})/gim;
const ENCODED = /^(base64|quoted-printable)/i;

export function findClues(mail: Mail, returned: Headers): Clues {
  const trace = (mail.headers.get('received') ?? [])
    .slice(0, MAX_EACH)
    .flatMap((line) => /\bfor <([^<>\s]{3,320})>/i.exec(line)?.[1] ?? []);
  return {
    deliveryTokens: distinct(tokensIn(mail)),
    returnPaths: distinct([
      ...addressesOf(mail.headers, SENT_TO),
      ...trace,
      ...addressesOf(returned, ['return-path', 'sender', 'x-envelope-from']),
    ]),
    messageIds: distinct([...idsOf(returned, ['message-id']), ...idsOf(mail.headers, REPLIED_TO)]),
  };
}

/** Anywhere in the mail: the header of the returned mail may be quoted, attached or encoded. */
function tokensIn(mail: Mail): string[] {
  const encoded = mail.parts
    .filter(({ headers }) => ENCODED.test(headers.get('content-transfer-encoding')?.[0] ?? ''))
    .map(({ headers, body }) => decodeBody(headers, body));
  return [mail.source, ...encoded].flatMap((text) =>
    Array.from(text.matchAll(TOKEN), ([, token = '']) => token.slice(0, MAX_TOKEN_CHARS)),
  );
}

const addressesOf = (headers: Headers, names: readonly string[]): string[] =>
  names.flatMap((name) => headers.get(name) ?? []).flatMap(addressesIn);

const idsOf = (headers: Headers, names: readonly string[]): string[] =>
  names
    .flatMap((name) => headers.get(name) ?? [])
    .flatMap((value) => Array.from(value.matchAll(/<([^<>\s]{1,500})>/g), ([, id = '']) => id));

const distinct = (values: readonly string[]): string[] => [...new Set(values)].slice(0, MAX_EACH);
