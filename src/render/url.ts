/** Addresses of links and pictures, as they go into a mail. */

const SCHEMES = /^(https?|mailto|tel|sms|ftp|irc|ircs|xmpp|dingtalk|weixin|geo|matrix|news|nntp|gemini):/i;

/**
 * Makes an address absolute against the base URL. Null when nobody could follow it: no base for a relative
 * one, or a scheme that runs code.
 */
export function absoluteUrl(url: string, baseUrl: string | null): string | null {
  const address = plainAddress(url);
  if (address === '' || address.startsWith('#')) return null;
  if (address.startsWith('//')) return `https:${address}`;
  if (/^[a-z][a-z0-9+.-]*:/i.test(address)) return SCHEMES.test(address) ? address : null;
  if (baseUrl === null) return null;
  return URL.canParse(address, baseUrl) ? new URL(address, baseUrl).href : null;
}

/** What people call the place that a whole address leads to: `youtube.com`. */
export function siteOf(address: string): string {
  const host = URL.canParse(address) ? new URL(address).hostname : '';
  return host.replace(/^www\./, '') || address;
}

/** No control characters; what may not stand in an address is percent-encoded. */
function plainAddress(url: string): string {
  const shown = url.replace(/[\u0000-\u001f\u007f]/g, '').trim();
  return shown.replace(/[<>" ]/g, (sign) => encodeURIComponent(sign));
}

/** As `absoluteUrl`, for pictures: also small `data:` pictures. */
export function pictureUrl(url: string, baseUrl: string | null): string | null {
  if (/^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(url)) return url;
  const address = absoluteUrl(url, baseUrl);
  return address !== null && /^https?:/i.test(address) ? address : null;
}
