/** An edition as one invented reader gets it: for `issue render`, where there is no ledger. */
import type { Edition, Fill, Reader } from '../../render/edition/edition.ts';
import { compileMessages } from '../../render/message/message.ts';
import { compileFill } from '../../render/slots/fill.ts';

export interface SampleMessage {
  subject: string;
  html: string;
  text: string;
  message: Buffer;
}

/** `as` says who reads; what it leaves out is invented. `viewUrl` is the page, null if it has none. */
export function sampleMessage(
  edition: Edition,
  { publicUrl, viewUrl }: { publicUrl: string; viewUrl: string | null },
  as: Partial<Reader> = {},
): SampleMessage {
  const reader = {
    email: 'reader@example.org',
    name: 'Reader',
    language: edition.language,
    attributes: {},
    ...as,
  };
  const unsubscribe = `${publicUrl}/unsubscribe/sample`;
  const link = viewUrl === null ? { unsubscribe } : { view: viewUrl, unsubscribe };
  const fill: Fill = {
    to: { name: reader.name ?? '', address: reader.email },
    reader,
    links: link,
    messageId: `sample.${edition.hash.slice(0, 12)}@${edition.from.address.split('@').at(-1)}`,
    deliveryId: null,
    date: new Date(),
  };
  return {
    subject: compileFill(edition.subject, 'text')({ reader, link }),
    html: compileFill(edition.html, 'html')({ reader, link }),
    text: compileFill(edition.text, 'text')({ reader, link }),
    message: compileMessages(edition)(fill),
  };
}
