/** Fields that an edition or a relay adds to those that Postrider writes itself. */
import { Refused } from '../../errors.ts';
import type { Fill } from '../edition/edition.ts';
import { badHeader, field, printable, unstructured } from './header-fields.ts';

type Fields = Readonly<Record<string, string>>;

/** Fields that Postrider writes itself or that would add recipients: neither an edition nor a relay may set them. */
const OWN =
  /^(?:from|to|cc|bcc|sender|reply-to|subject|date|message-id|x-postrider-id|list-.*|feedback-id|mime-version|content-.*|resent-.*|received|return-path|dkim-signature)$/i;

/** In a field of a relay: where our delivery id goes. */
const DELIVERY = '{{delivery}}';

const isCarrier = (value: string): boolean => value.includes(DELIVERY);

/** The same in every message. A relay's fields win over the edition's. Throws Refused('bad-header'). */
export function furtherFields(edition: Fields, relay: Fields): string[] {
  const fields = new Map<string, string>();
  for (const [name, value] of [...Object.entries(edition), ...Object.entries(relay)])
    fields.set(name.toLowerCase(), furtherField(name, value));
  for (const [name, value] of Object.entries(relay)) if (isCarrier(value)) fields.delete(name.toLowerCase());
  return [...fields.values()];
}

/**
 * Fields of a relay in which the delivery's id travels to its events and back; null when it has none. A test message
 * has no such id, and so none of these fields. Throws Refused('bad-header').
 */
export function carriedFields(relay: Fields): ((fill: Fill) => string) | null {
  const carriers = Object.entries(relay).filter(([, value]) => isCarrier(value));
  if (carriers.length === 0) return null;
  const parts = carriers
    .map(([name, value]) => carrierField(name, value))
    .join('')
    .split(DELIVERY);
  // The alphabet that every provider's metadata takes has no dots.
  return ({ deliveryId }) => (deliveryId === null ? '' : parts.join(deliveryId.replaceAll('.', '')));
}

function furtherField(name: string, value: string): string {
  checkName(name);
  return field(name, unstructured(printable(name, value)));
}

/** On one line and as it is: providers read JSON there, not encoded words. */
function carrierField(name: string, value: string): string {
  checkName(name);
  return `${name}: ${printable(name, value)}\r\n`;
}

function checkName(name: string): void {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,75}$/.test(name))
    throw new Refused(
      'bad-header',
      `header name ${JSON.stringify(name)}: expected letters, digits and dashes`,
    );
  if (OWN.test(name)) throw badHeader(name, 'Postrider sets it itself, or a newsletter must not have it');
}
