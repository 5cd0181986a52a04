/** `Name <address>` or an address alone, as in From and Reply-To. */
import { readAddress } from '../../consent/identity.ts';
import { Refused } from '../../errors.ts';
import type { Mailbox } from '../../render/edition/edition.ts';

const MAX_NAME_CHARS = 200;

/** The name is empty when there is none. Throws Refused('bad-address'). */
export function readMailbox(text: string): Mailbox {
  const [, quoted, plain, inner] = /^\s*(?:"([^"]*)"|([^"<>]*?))\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  const name = (quoted ?? plain ?? '').trim();
  if (/[\p{Cc}\u2028\u2029]/u.test(text))
    throw new Refused('bad-address', 'expected Name <address>, found a control character');
  if (name.length > MAX_NAME_CHARS)
    throw new Refused(
      'bad-address',
      `expected a name of at most ${MAX_NAME_CHARS} characters, found ${name.length}`,
    );
  return { name, address: readAddress(inner ?? text).email };
}

/** The inverse of `readMailbox`. */
export function mailboxText({ name, address }: Mailbox): string {
  return name === '' ? address : `"${name.replaceAll('"', "'")}" <${address}>`;
}
