/** Which URLs a document may contain. Like a browser, we ignore spaces and control characters in a scheme. */

/** Schemes that a link may have. Without a scheme it is relative to the base URL. */
export const LINK_SCHEMES = 'http https mailto tel sms ftp irc ircs xmpp dingtalk weixin'.split(' ');
/** Schemes that run code, or contain data that no mail client shows. */
const HARMFUL = new Set([
  'javascript',
  'vbscript',
  'data',
  'file',
  'blob',
  'about',
  'filesystem',
  'view-source',
]);

/** Lower case, or null for a relative URL. */
export function schemeOf(url: string): string | null {
  const visible = url.replace(/[\s\u0000-\u0020\u007f\u200b-\u200f\ufeff]/g, '');
  return /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(visible)?.[1]?.toLowerCase() ?? null;
}

export function isHarmful(url: string): boolean {
  return HARMFUL.has(schemeOf(url) ?? '');
}

/** The URL as written, or '' for a harmful one. */
export function linkUrl(url: string): string {
  return isHarmful(url) ? '' : url.trim();
}

/** The URL of a picture on the web or beside the issue, or '' for any other. */
export function imageUrl(url: string): string {
  const scheme = schemeOf(url);
  return scheme === null || scheme === 'http' || scheme === 'https' ? url.trim() : '';
}
