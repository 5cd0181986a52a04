/** What the preferences page cannot do by itself, and so asks of the reader's mailbox. */
import type { FastifyRequest } from 'fastify';
import { requestAddress } from '../../consent/choosing/change-address.ts';
import { requestDataLink } from '../../consent/choosing/data-link.ts';
import { readAddress } from '../../consent/identity.ts';
import { Refused } from '../../errors.ts';
import { field } from '../forms.ts';
import type { WebParts } from '../parts.ts';
import { clientIp } from '../public/origin.ts';
import type { PageContext } from '../public/page.ts';
import { wakeWorkers } from '../public/wake-workers.ts';
import type { Link } from './link.ts';

/** Mails both mailboxes. The answer is the same whether a mail was sent or not. */
export async function changeAddress(
  parts: WebParts,
  request: FastifyRequest,
  _page: PageContext,
  { ref }: Link,
): Promise<string> {
  const address = addressIn(request);
  if (!address) return 'address.wrong';
  const wanted = { ...ref, address, ip: clientIp(request) };
  const lane = await parts.db.transaction().execute((trx) => requestAddress(trx, parts.keys, wanted));
  if (lane !== null) wakeWorkers(parts);
  return 'address.done';
}

/** Mails the link to the person's data. */
export async function mailDataLink(
  parts: WebParts,
  request: FastifyRequest,
  _page: PageContext,
  { ref, newsletter }: Link,
): Promise<string> {
  const wanted = { person: { id: ref.subscriber }, newsletterId: newsletter.id, ip: clientIp(request) };
  const lane = await parts.db.transaction().execute((trx) => requestDataLink(trx, parts.keys, wanted));
  if (lane !== null) wakeWorkers(parts);
  return 'data.done';
}

/** Null for what is no address. */
export function addressIn(request: FastifyRequest) {
  try {
    return readAddress(field(request, 'email'));
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
