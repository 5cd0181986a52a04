/** An edition as one invented reader gets it: for `issue render`, where there is no ledger. */
import type { Edition, Fill, Reader } from '../render/edition.ts';
import { compileMessages } from '../render/message.ts';
import { compileFill } from '../render/slots.ts';

export interface SampleMessage {
  html: string;
  text: string;
  message: Buffer;
}

/** `as` says who reads; what it leaves out is invented. */
export function sampleMessage(edition: Edition, publicUrl: string, as: Partial<Reader> = {}): SampleMessage {
  const reader = {
    email: 'reader@example.org',
    name: 'Reader',
    language: edition.language,
    attributes: {},
    ...as,
  };
  const link = { view: `${publicUrl}/archive/`, unsubscribe: `${publicUrl}/unsubscribe/sample` };
  const fill: Fill = {
    to: { name: reader.name ?? '', address: reader.email },
    reader,
    links: link,
    messageId: `sample.${edition.hash.slice(0, 12)}@${edition.from.address.split('@').at(-1)}`,
    deliveryId: null,
    date: new Date(),
  };
  return {
    html: compileFill(edition.html, 'html')({ reader, link }),
    text: compileFill(edition.text, 'text')({ reader, link }),
    message: compileMessages(edition)(fill),
  };
}
