/** What the title of a column, or the name of a file, hints at when it is not a known one. Folded by `foldTitle`. */

/** Anywhere in a title: it is about people who are gone. */
const GONE = new RegExp(
  [
    'unsub|opt(ed)?outs?|bounce|complain|(black|block)list|suppress|spam|abuse|feedbackloop|^fbl$|undeliver|unreachable',
    'donot(e?mail|contact|send)|abmeld|abgemeld|abbestell|kundigung|gekundigt|austritt|ausgetragen|gesperrt|sperrvermerk',
    'geloscht|desabonn|desinscri|plainte|rejete|^npai$|dad[oa]s?debaja|^bajas?$|rebot|disiscri|descadastr',
    '^dnc|excludedfrom|^stop(time|status|date)$|uitgeschreven|afgemeld|отпис|wypisan|avregistr|avprenumer|수신거부|구독취소',
    'abonelikten|bultenden|listeden|^cikt|ayrild|ayrilan|iptal|karaliste|engellen|sikayet|geridon|iletileme|gecersiz(e?posta|adres)',
    '退订|取消订阅|退訂|取消訂閱|取消时间|拒收|退信|硬退|投诉|投訴|注销|黑名单|登録解除|購読解除|解除者|解除日|配信停止|退会|解約|エラー',
  ].join('|'),
);
const ABOUT_MAIL =
  /^reason$|opt(ed)?in|consent|newsletter|subscri|marketing|mailing|emailing|permission|valid|deliverable|reachable|einwillig|erlaubt|werbung|consentement|abonne|boletin|correos|合意|同意|订阅|購読|メルマガ|配信|有效|abone|bulten|eposta|^izin|izni$|^onay|onayi$|^(acik)?riza/;
/** Links, rates and soft bounces say nothing about leaving. */
const NOT_GONE =
  /^soft|softbounc|bouncedsoft|^number|(orani|sayisi|adedi|rate|score|clicks|opens|url|uri|link|token|hash|key|id|page|form)$/;
/** Counts and links are about something else. */
const ELSEWHERE =
  /^(number|count|total|anzahl|nr|num|soft)|(count|rate|clicks|opens|url|uri|link|token|hash|key|(?<!val)id|name|title|source|page|form|plan|tier|type|frequency|sayisi|orani|adedi|turu|adi|adresi)$/;

/** Counts of any bounces, such as a mailbox that was full twice. Counts of hard bounces are known titles. */
const COUNTS_BOUNCES = /^(?!.*(hard|soft)).*(bounces|bounces?d?(count|counter|total|score|num|number))$/;

export type Hint = 'gone' | 'mail' | 'count' | null;

/**
 * What an unknown title may be about. The import then asks about a yes or no (`mail`), anything filled (`gone`) or a large
 * count (`count`) in that column.
 */
export function hintOf(folded: string): Hint {
  if (folded.length > 80) return null;
  if (COUNTS_BOUNCES.test(folded)) return 'count';
  if (GONE.test(folded) && !NOT_GONE.test(folded)) return 'gone';
  return ABOUT_MAIL.test(folded) && !ELSEWHERE.test(folded) ? 'mail' : null;
}

/** Whether the name of a file, folded as a title, is about people who are gone: `hard-bounces`, `退订名单`. */
export const fileNameHintsAtGone = (folded: string): boolean =>
  GONE.test(folded) || /^(left|bajas?)(\d*|csv|txt)$/.test(folded);
