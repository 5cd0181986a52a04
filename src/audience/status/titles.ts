/** Titles of columns that tell a person's status, folded by `foldTitle`. */
import type { Status } from './status.ts';

export type ColumnKind =
  /** A word of `words.ts`. Blank or another word: unknown. */
  | { kind: 'words' }
  /**
   * Anything but blank, no, 0 and false gives this status: a flag, a date, a reason. Blank says nothing. `mayCount`: some
   * tools write counts here, so a number that is not a flag is unknown.
   */
  | { kind: 'filled'; as: Status; mayCount?: true }
  /**
   * Yes, true, 1 or a date means mailable; no means `no`. Any other word is unknown, and so is blank, unless the whole
   * column is blank.
   */
  | { kind: 'flag'; no: Status };

const SINCE = '(at|on|date|time|datetime|timestamp|day|utc)?';
const FILLED_LEFT = { kind: 'filled', as: 'left' } as const;
const BOUNCED = { kind: 'filled', as: 'bounced' } as const;
const MAYBE_COUNTED = { kind: 'filled', as: 'bounced', mayCount: true } as const;
const COMPLAINED = { kind: 'filled', as: 'complained' } as const;
const FILLED_UNKNOWN = { kind: 'filled', as: 'unknown' } as const;
const WORDS = { kind: 'words' } as const;

/** The first that matches the whole title. */
const TITLES: readonly (readonly [pattern: string, says: ColumnKind])[] = [
  // HubSpot's `Opted out of email: X`, Salesforce's `HasOptedOutOfEmail`, CiviCRM's `No Bulk Emails (User Opt Out)`
  [
    `(is|has|globally|confirmed|email|user|nobulkemailsuser)*(opt(ed)?out)(ofe?mail\\w*)?${SINCE}(source|reason|email)?`,
    FILLED_LEFT,
  ],
  [
    `(is|has|was|email|globally|date|time|of)*(unsub|unsubscribes?|unsubscribed|unsubscription|unsubscribing)(fromall)?(fromallemails?|emails?)?(by)?${SINCE}(source|reason|reasonother|method|campaign|campaigntitle|campaignid)?`,
    FILLED_LEFT,
  ],
  [`(is|email|mail|thissubscriber|isthissubscriber|contact)*(black|block)(list)(ed)?${SINCE}`, FILLED_LEFT],
  ['(is)?(isthis)?(email|emails|mail|account|isthisaccount)disabled', FILLED_LEFT],
  [
    'donot(e?mail|sende?mails?|sendbulke?mails?|bulke?mail|contact)|dnc|nobulke?mails?|nomail|noemail',
    FILLED_LEFT,
  ],
  [`(is)?(deleted|removed|signedoff|left|departed|departure|signoff|optedout)${SINCE}`, FILLED_LEFT],
  [`(is)?suppress(ed|ion)${SINCE}(reason|type)?`, FILLED_LEFT],
  [
    'abgemeldet(am|seit)?|abmelde(datum|zeit|zeitpunkt)|abmeldung|abbestellt(am)?|ausgetragen(am)?|austragung',
    FILLED_LEFT,
  ],
  [
    '(date(de)?)?(desabonne|desabonnee|desabonnement|desinscrit|desinscrite|desinscription)(le)?',
    FILLED_LEFT,
  ],
  ['(fecha(de)?)?(baja|dadodebaja|cancelacion)|datadisiscrizione|disiscritto|datadescadastro', FILLED_LEFT],
  [
    '(登録解除|購読解除|配信停止|退会)(日|日時|済み)?|(退订|取消订阅|退訂|取消訂閱)(时间|日期|時間|日)?|黑名单',
    FILLED_LEFT,
  ],
  [
    '(abone|abonelik|uyelik|liste|bulten)(den|ten)?(cikti|cikis|cikisi|ayrildi|ayrilma|iptal|iptali|iptaledildi|iptaletti)(tarihi|zamani|nedeni|sebebi)?',
    FILLED_LEFT,
  ],
  ['ayrildi|ayrilma(tarihi|nedeni|sebebi)|(karaliste(de)?|engellendi|silindi)(tarihi)?', FILLED_LEFT],

  [
    `(is)?(complained|complaint|complaints|spamcomplaints?|spamreported|markedasspam|reported(as)?spam|spam)${SINCE}`,
    COMPLAINED,
  ],
  ['(spam)?sikayet(i|etti|edildi|tarihi)?', COMPLAINED],

  ['hardbounces?(count)?', BOUNCED],
  ['(last)?bounce(type|status|category|class)', FILLED_UNKNOWN],
  [`(is|email)?clean(ed)?${SINCE}(campaigntitle|campaignid)?`, BOUNCED],
  [`(is|has|email)?hardbounced?(back)?${SINCE}(reason)?`, BOUNCED],
  [`(is|has|email)?bounced?(back)?${SINCE}(reason)?`, MAYBE_COUNTED],
  ['(email)?hardbouncereason(enum)?|emailaddressquarantined|quarantined', BOUNCED],
  [`(is)?(undeliverab(ility|le)|unreachable)${SINCE}|onhold${SINCE}|holddate`, BOUNCED],
  ['(is)?invalid(email|emailaddress)?|(is)?emailinvalid', BOUNCED],
  ['(gecersiz|hatali)(eposta|adres|epostaadresi)|(geridondu|iletilemedi|ulasilamiyor)(tarihi)?', BOUNCED],

  [
    `(is)?(account)?(disabled|archived|suspended|inactive|banned|staged|deactivated|cancelled|canceled)${SINCE}|donotmail`,
    FILLED_UNKNOWN,
  ],
  ['(iptal|iptaledildi|cikti|pasif|donduruldu|silinme)(tarihi|nedeni|sebebi)?', FILLED_UNKNOWN],

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
    'abone(mi)?|abonelik|e?bulten(abonesi|aboneligi|izni|onayi)?|(e?posta|ileti|pazarlama|ticariileti)(izni|onayi)',
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
  ['izin|onay|onayli|onaylandi|dogrulandi|(acik)?riza|rizasi', { kind: 'flag', no: 'unconfirmed' }],
  [
    '(is)?(active|enabled|mailing|activesubscription|activesubscriber|aktiv|actif|activo|attivo|aktif|etkin|有効|启用)',
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
  [
    '(e?posta|e?bulten|abone|abonelik|uye|uyelik|kayit|liste|kisi|izin|onay|iletisim|pazarlama|hesap)(nin)?(durumu|durum|statusu)|statu|statusu|durumu',
    WORDS,
  ],
  ['emailmarketingconsent(state)?|emailconsentstate|subscribertype|subscriptiontypestatus', WORDS],
];

/** Titles of columns with free text: why, by whom, with which mail. */
const ASKS_FOR_TEXT = /(reason\w*|method|source|type|by|campaign\w*|nedeni|sebebi)$|^onhold/;

/** Whether a column with this title may contain any words. */
export const takesAnyWords = (folded: string): boolean => ASKS_FOR_TEXT.test(folded);

const COMPILED = TITLES.map(([pattern, says]) => ({ pattern: new RegExp(`^(?:${pattern})$`, 'u'), says }));

/** Null: as far as the title tells, the column has nothing to do with the status. */
export function columnKindOf(folded: string): ColumnKind | null {
  if (folded.length > 80) return null;
  return COMPILED.find(({ pattern }) => pattern.test(folded))?.says ?? null;
}
