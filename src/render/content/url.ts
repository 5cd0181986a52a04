/** Addresses of links and pictures, as they go into a mail. */
import { hasSlots, targetFault, targetParts, wholeSlot } from '../../issue/targets/target.ts';
import type { PrintSlot } from '../slots/label.ts';

const SCHEMES = /^(https?|mailto|tel|sms|ftp|irc|ircs|xmpp|dingtalk|weixin|geo|matrix|news|nntp|gemini):/i;

/**
 * Makes an address absolute against the base URL. Null when nobody could follow it: a relative one without a base, or
 * a scheme that runs code.
 */
export function absoluteUrl(url: string, baseUrl: string | null): string | null {
  const address = plainAddress(url);
  if (address === '' || address.startsWith('#')) return null;
  if (address.startsWith('//')) return `https:${address}`;
  if (/^[a-z][a-z0-9+.-]*:/i.test(address)) return SCHEMES.test(address) ? address : null;
  if (baseUrl === null) return null;
  return URL.canParse(address, baseUrl) ? new URL(address, baseUrl).href : null;
}

/** What relative addresses resolve against, and how slots are printed. */
interface LinkContext {
  baseUrl: string | null;
  slot: PrintSlot;
}

/**
 * The address that an author wrote, made absolute, with its slots as markers. Null when nobody could follow it; reading
 * the issue has reported that with its line.
 */
export function linkAddress({ baseUrl, slot }: LinkContext, written: string): string | null {
  if (!/\{|%7B/i.test(written)) return absoluteUrl(written, baseUrl);
  if (targetFault(written) !== null) return null;
  const parts = targetParts(written);
  const whole = wholeSlot(parts);
  if (whole) return slot(whole.path, whole.fallback, 'address');
  const marked = parts.map((part) =>
    typeof part === 'string' ? part : slot(part.path, part.fallback, 'part'),
  );
  return absoluteUrl(marked.join(''), baseUrl);
}

/** What people call the site of an absolute address: `youtube.com`. */
export function siteName(address: string): string {
  const host = URL.canParse(address) ? new URL(address).hostname : '';
  return host.replace(/^www\./, '') || address;
}

/** Removes control characters, and percent-encodes characters that an address cannot contain. */
function plainAddress(url: string): string {
  const cleaned = url.replace(/[\u0000-\u001f\u007f]/g, '').trim();
  return cleaned.replace(/[<>" ]/g, (sign) => encodeURIComponent(sign));
}

/** Like `absoluteUrl`, for pictures: allows `data:` pictures too. Null for an address that differs per reader. */
export function pictureUrl(url: string, baseUrl: string | null): string | null {
  if (/^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(url)) return url;
  const address = hasSlots(url) ? null : absoluteUrl(url, baseUrl);
  return address !== null && /^https?:/i.test(address) ? address : null;
}

/** Like `linkAddress`, for pictures. `image` returns the address that one is served from instead, or null. */
export function pictureAddress(
  places: LinkContext & { image?: ((url: string) => string | null) | undefined },
  written: string,
): string | null {
  const kept = places.image?.(written);
  if (kept) return kept;
  if (!hasSlots(written)) return pictureUrl(written, places.baseUrl);
  return /^(?:mailto|tel|sms):/i.test(written) ? null : linkAddress(places, written);
}

/** The address as people read it: percent-encoded letters are letters again. */
export function decodedUrl(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}
