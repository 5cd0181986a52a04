/**
 * Which provider runs which MX hosts (plain data). Google Workspace and Microsoft 365 host many companies under the
 * companies' own domains, and count our mail to them together with Gmail's and Outlook's. Matched against the end of
 * the host name.
 */
import { OTHER_LANE } from './lanes.ts';

const exchanges: Readonly<Record<string, readonly string[]>> = {
  // aspmx.l.google.com, alt1.gmail-smtp-in.l.google.com, smtp.google.com, aspmx2.googlemail.com
  google: ['.google.com', '.googlemail.com'],
  // example-org.mail.protection.outlook.com, outlook-com.olc.protection.outlook.com, x.mx.microsoft
  microsoft: ['.protection.outlook.com', '.mx.microsoft'],
  // mta5.am0.yahoodns.net, mx-aol.mail.gm0.yahoodns.net
  yahoo: ['.yahoodns.net'],
  // mx01.mail.icloud.com
  apple: ['.icloud.com'],
  // mx1.qq.com, mxbiz1.qq.com
  tencent: ['.qq.com'],
  // qiye163mx01.mxmail.netease.com, mx.ym.163.com
  netease: ['.netease.com', '.163.com'],
};

/** Decided by the first name, the most preferred MX host. */
export function laneOfMx(names: readonly string[]): string {
  const [first] = names;
  if (first === undefined) return OTHER_LANE;
  const host = `.${first.replace(/\.$/, '').toLowerCase()}`;
  const found = Object.entries(exchanges).find(([, ends]) => ends.some((end) => host.endsWith(end)));
  return found?.[0] ?? OTHER_LANE;
}
