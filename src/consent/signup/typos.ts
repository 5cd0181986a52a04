/**
 * Suggests the address that somebody most likely meant: typing faults in the domains of well-known mailbox providers. The
 * address is never changed without their word.
 */

/** Providers with many readers; a real domain that looks like one of them is listed too, so that nobody doubts it. */
const KNOWN =
  `gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com rocketmail.com aol.com
icloud.com me.com mac.com proton.me protonmail.com pm.me fastmail.com zoho.com hey.com tutanota.com mail.com email.com
gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de posteo.de mailbox.org
yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.co.jp yahoo.com.br hotmail.co.uk hotmail.fr hotmail.de hotmail.it
hotmail.es outlook.de outlook.fr outlook.es live.co.uk live.nl live.fr btinternet.com orange.fr wanadoo.fr free.fr laposte.net sfr.fr
libero.it virgilio.it tin.it yandex.ru ya.ru mail.ru bk.ru list.ru inbox.ru rambler.ru seznam.cz wp.pl o2.pl onet.pl
qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com aliyun.com 139.com 189.cn 188.com vip.qq.com
naver.com hanmail.net daum.net kakao.com docomo.ne.jp ezweb.ne.jp comcast.net verizon.net att.net cox.net bigpond.com
mail.de mail.ch email.cz gmail.co fmail.com`.split(/\s+/);

const known = new Set(KNOWN);

/** Endings that do not exist, or hardly: what stands before them is right. */
const ENDINGS: readonly [RegExp, string][] = [
  [/\.(con|cmo|ocm|cpm|vom|xom|comm|coom|clm|c0m)$/, '.com'],
  [/\.(nte|ner|netr)$/, '.net'],
  [/\.(ogr|rog|orgg)$/, '.org'],
];

/** The whole address with the likely domain, or null if nothing looks mistyped. */
export function suggestAddress(email: string): string | null {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1).toLowerCase();
  const likely = likelyDomain(domain);
  return likely === null ? null : `${email.slice(0, at)}@${likely}`;
}

function likelyDomain(domain: string): string | null {
  if (known.has(domain)) return null;
  const ending = ENDINGS.find(([wrong]) => wrong.test(domain));
  const mended = ending ? domain.replace(ending[0], ending[1]) : domain;
  if (known.has(mended)) return mended;
  const close = KNOWN.find((one) => one.length > MIN_CHARACTERS && isOneSlip(mended, one));
  return close ?? (ending ? mended : null);
}

/** Two short domains may differ by one letter and both be real. */
const MIN_CHARACTERS = 7;

/** One letter more, less, or other, or two neighbours swapped (Damerau-Levenshtein distance 1). */
function isOneSlip(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const restOf = (text: string, from: number) => text.slice(from);
  if (a.length > b.length) return restOf(a, at + 1) === restOf(b, at);
  if (a.length < b.length) return restOf(a, at) === restOf(b, at + 1);
  if (restOf(a, at + 1) === restOf(b, at + 1)) return true;
  return a[at] === b[at + 1] && a[at + 1] === b[at] && restOf(a, at + 2) === restOf(b, at + 2);
}
