/** Titles of columns, folded by `foldTitle`, that say how a person stands. */
import type { Meaning } from './meaning.ts';

export type Says =
  /** A word of `words.ts`. Blank or another word: unknown. */
  | { kind: 'words' }
  /** Anything but blank, no, 0 and false says so: a flag, a date, a reason. Blank says nothing. */
  | { kind: 'filled'; as: Meaning }
  /**
   * Yes, true, 1 or a date is a good sign; no says `no`. Another word is unknown, and so is blank, unless the column
   * is blank throughout.
   */
  | { kind: 'flag'; no: Meaning };

const SINCE = '(at|on|date|time|datetime|timestamp|day|utc)?';
const LEFT = { kind: 'filled', as: 'left' } as const;
const BOUNCED = { kind: 'filled', as: 'bounced' } as const;
const COMPLAINED = { kind: 'filled', as: 'complained' } as const;
const ASK = { kind: 'filled', as: 'unknown' } as const;
const WORDS = { kind: 'words' } as const;

/** The first that matches the whole title. */
const TITLES: readonly (readonly [pattern: string, says: Says])[] = [
  // HubSpot's `Opted out of email: X`, Salesforce's `HasOptedOutOfEmail`, CiviCRM's `No Bulk Emails (User Opt Out)`
  [
    `(is|has|globally|confirmed|email|user|nobulkemailsuser)*(opt(ed)?out)(ofe?mail\\w*)?${SINCE}(source|reason|email)?`,
    LEFT,
  ],
  [
    `(is|has|was|email|globally|date|time|of)*(unsub|unsubscribes?|unsubscribed|unsubscription|unsubscribing)(fromall)?(fromallemails?|emails?)?(by)?${SINCE}(source|reason|reasonother|method|campaign|campaigntitle|campaignid)?`,
    LEFT,
  ],
  [`(is|email|mail|thissubscriber|isthissubscriber|contact)*(black|block)(list)(ed)?${SINCE}`, LEFT],
  ['(is)?(isthis)?(email|emails|mail|account|isthisaccount)disabled', LEFT],
  ['donot(e?mail|sende?mails?|sendbulke?mails?|bulke?mail|contact)|dnc|nobulke?mails?|nomail|noemail', LEFT],
  [`(is)?(deleted|removed|signedoff|left|departed|departure|signoff|optedout)${SINCE}`, LEFT],
  [`(is)?suppress(ed|ion)${SINCE}(reason|type)?`, LEFT],
  [
    'abgemeldet(am|seit)?|abmelde(datum|zeit|zeitpunkt)|abmeldung|abbestellt(am)?|ausgetragen(am)?|austragung',
    LEFT,
  ],
  ['(date(de)?)?(desabonne|desabonnee|desabonnement|desinscrit|desinscrite|desinscription)(le)?', LEFT],
  ['(fecha(de)?)?(baja|dadodebaja|cancelacion)|datadisiscrizione|disiscritto|datadescadastro', LEFT],
  [
    '(登録解除|購読解除|配信停止|退会)(日|日時|済み)?|(退订|取消订阅|退訂|取消訂閱)(时间|日期|時間|日)?|黑名单',
    LEFT,
  ],

  [
    `(is)?(complained|complaint|complaints|spamcomplaints?|spamreported|markedasspam|reported(as)?spam|spam)${SINCE}`,
    COMPLAINED,
  ],

  ['hardbounces?(count)?', BOUNCED],
  ['(last)?bounce(type|status|category|class)', ASK],
  [`(is|email)?clean(ed)?${SINCE}(campaigntitle|campaignid)?`, BOUNCED],
  [`(is|has|email)?(hard)?bounced?(back)?${SINCE}(reason)?`, BOUNCED],
  ['(email)?hardbouncereason(enum)?|emailaddressquarantined|quarantined', BOUNCED],
  [`(is)?(undeliverab(ility|le)|unreachable)${SINCE}|onhold${SINCE}|holddate`, BOUNCED],
  ['(is)?invalid(email|emailaddress)?|(is)?emailinvalid', BOUNCED],

  [
    `(is)?(account)?(disabled|archived|suspended|inactive|banned|staged|deactivated|cancelled|canceled)${SINCE}|donotmail`,
    ASK,
  ],

  ['(is)?subscribed(to)?(emails?|newsletters?|mailinglist)?', { kind: 'flag', no: 'left' }],
  [
    '(is)?(email|newsletter)(subscribed|subscription|subscriber|enabled|permission|consent|optin|abo)',
    { kind: 'flag', no: 'left' },
  ],
  [
    'accepts?(email)?marketing(emails?)?|acceptsemails?|marketing(allowed|accepted|emails?|consent|optin)',
    { kind: 'flag', no: 'left' },
  ],
  [
    '(receives?|wants?|allows?|gets?|sends?|can)(the)?(e?mails?|newsletters?|contact|sende?mails?|be(e?mailed|contacted))',
    { kind: 'flag', no: 'left' },
  ],
  [
    'e?mailable|contactable|newsletters?|abonniert|abonne|abonnee|inscrit|suscrito|iscritto|订阅|訂閱|購読',
    { kind: 'flag', no: 'left' },
  ],
  [
    '(is)?(isthissubscriber|email|emailaddress|subscriber|subscription)?(confirmed|verified)',
    { kind: 'flag', no: 'unconfirmed' },
  ],
  [
    '(has|is)?(double|single|email|marketing|gdpr)?(optin|opt(ed)?in|doi|consent|consented|permission)(email|given|status)?',
    { kind: 'flag', no: 'unconfirmed' },
  ],
  [
    'bestatigt|einwilligung|confirme|confirmee|consentement|consentimiento|confirmado|confermato|consenso|確認|确认|已确认',
    { kind: 'flag', no: 'unconfirmed' },
  ],
  [
    '(is)?(active|enabled|mailing|activesubscription|activesubscriber|aktiv|actif|activo|attivo|有効|启用)',
    { kind: 'flag', no: 'unknown' },
  ],

  ['status|статус|durum|state|statut|estado|estatus|stato|zustand|ステータス|状態|状态|狀態|상태', WORDS],
  [
    '(e?mail|newsletter|list|global|lists?|subscri\\w*|member|contact|audience|mailing|mailinglist|marketing|marketingemail|emailmarketing|opt\\w*|consent|permission|abo|abonnement|account|user|double\\w*|delivery|suppression|emailpermission|marketingemailconfirmation|emailconfirmation|confirmation)(status|state|statut|zustand)',
    WORDS,
  ],
  [
    '(status|statut|estado|stato)(of|de|del|des|der)?(e?mail|subscriber|subscription|abonnement|abonnent|contact|contacto|newsletter|suscripcion|inscription)',
    WORDS,
  ],
  ['(订阅|购读|購読|登録|配信|确认|確認|訂閱|邮件|メール)(状态|状態|ステータス|状況|情况|狀態)', WORDS],
  ['emailmarketingconsent(state)?|emailconsentstate|subscribertype|subscriptiontypestatus', WORDS],
];

const COMPILED = TITLES.map(([pattern, says]) => ({ pattern: new RegExp(`^(?:${pattern})$`, 'u'), says }));

/** Null: the column says nothing of how people stand, as far as its title tells. */
export function titleSays(folded: string): Says | null {
  if (folded.length > 80) return null;
  return COMPILED.find(({ pattern }) => pattern.test(folded))?.says ?? null;
}

/** Speaks of people who are gone, wherever it stands in a title. */
const GONE = new RegExp(
  [
    'unsub|opt(ed)?outs?|bounce|complain|(black|block)list|suppress|spam|abuse|feedbackloop|^fbl$|undeliver|unreachable',
    'donot(e?mail|contact|send)|abmeld|abgemeld|abbestell|kundigung|gekundigt|austritt|ausgetragen|gesperrt|sperrvermerk',
    'geloscht|desabonn|desinscri|plainte|rejete|^npai$|dad[oa]s?debaja|^bajas?$|rebot|disiscri|descadastr',
    '^dnc|excludedfrom|^stop(time|status|date)$|uitgeschreven|afgemeld|отпис|wypisan|avregistr|avprenumer|수신거부|구독취소',
    '退订|取消订阅|退訂|取消訂閱|取消时间|拒收|退信|硬退|投诉|投訴|注销|黑名单|登録解除|購読解除|解除者|解除日|配信停止|退会|解約|エラー',
  ].join('|'),
);
const ABOUT_MAIL =
  /^reason$|opt(ed)?in|consent|newsletter|subscri|marketing|mailing|emailing|permission|valid|deliverable|reachable|einwillig|erlaubt|werbung|consentement|abonne|boletin|correos|合意|同意|订阅|購読|メルマガ|配信|有效/;
/** Links, rates and soft bounces tell nothing of leaving. */
const NOT_GONE =
  /^soft|^number|bounces?count|(rate|score|clicks|opens|url|uri|link|token|hash|key|id|page|form)$/;
/** Counts and links speak of something else. */
const ELSEWHERE =
  /^(number|count|total|anzahl|nr|num|soft)|(count|rate|clicks|opens|url|uri|link|token|hash|key|(?<!val)id|name|title|source|page|form|plan|tier|type|frequency)$/;

/** How near a title that is none of the above comes to them: a yes or no there, or anything filled, is asked about. */
export function titleHints(folded: string): 'gone' | 'mail' | null {
  if (folded.length > 80) return null;
  if (GONE.test(folded) && !NOT_GONE.test(folded)) return 'gone';
  return ABOUT_MAIL.test(folded) && !ELSEWHERE.test(folded) ? 'mail' : null;
}

/** Whether the name of a file, folded as a title, speaks of people who are gone: `hard-bounces`, `退订名单`. */
export const fileSpeaksOfGone = (folded: string): boolean =>
  GONE.test(folded) || /^(left|bajas?)(\d*|csv|txt)$/.test(folded);
