/**
 * Replies about one mailbox. Only words that cannot mean anything else make an address bad: losing a good reader is
 * worse than retrying a dead address.
 */
import type { ReplyRow } from './row.ts';

/** They sound like a throttle, a bad address or a fault of ours, but are none of these. */
export const notWhatTheySound: readonly ReplyRow[] = [
  {
    reply:
      '550-5.2.1 The user you are trying to contact is receiving mail at a rate that 550-5.2.1 prevents additional messages from being delivered.',
    source: 'Sisimai, set of emails, lhost-postfix-59',
    pattern:
      /(user|recipient|mailbox) you are trying to (contact|reach) is receiving mail (at a rate|too quickly)/,
    about: 'address',
    means: 'temporary',
  },
  {
    reply: '550 5.7.1 Too many messages for this recipient. Please retry later',
    source: 'Redmao Mail, SMTP status codes',
    pattern:
      /^[45]\d\d .*(too (many|much) (messages|mails?|e-?mails?) (for|to) (this|the|that) (recipient|user|mailbox)|\b(recipient|mailbox|inbox)\b.{0,40}\b(exceeded|reached)\b.{0,30}\b(message|mail|receiv\w+|rate|hourly|daily)\b.{0,20}(limit|rate|quota))/,
    about: 'address',
    means: 'temporary',
  },
  {
    reply: '450 4.2.0 <x@y>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/',
    source: 'Postgrey 1.37',
    pattern:
      /^[45]\d\d .*(gr[ae]y-? ?list|first time sender|come back (in|later)|delayed for spam prevention)/,
    about: 'address',
    means: 'greylisted',
  },
  {
    reply: '550 5.7.1 <x@y>: Recipient address rejected: User x@y temporary locked. Please try again later!',
    source: 'Sisimai, set of emails, lhost-amazonses-19',
    pattern: /^5\d\d .*temporar(y|ily) (locked|suspended|disabled|unavailable)/,
    about: 'address',
    means: 'refused',
  },
  {
    reply: '550 5.2.1 The email account that you tried to reach is disabled. g0000000000ggg.00',
    source: 'Sisimai, set of emails, rhost-google-01',
    pattern:
      /^5\d\d .*(email account|mailbox|user|recipient('s)? (account|mailbox))\b.{0,40}\b(is |has been )?(disabled|suspended|inactive|hang ?up)/,
    about: 'address',
    means: 'refused',
  },
];

/** Servers of Chinese companies and universities, as published lists quote their replies. */
const chinese: readonly ReplyRow[] = [
  {
    reply: '550 user not exist',
    source: 'DBMail, what bounces mean',
    pattern: /^55\d .*\b(user|recipient)( is)? not exist/,
    about: 'address',
    means: 'address',
  },
  {
    reply: '550 mailbox limit exceeded',
    source: 'Coremail, what bounces mean',
    pattern: /^55\d .*mailbox limit exceeded/,
    about: 'address',
    means: 'mailbox-full',
  },
  {
    reply: '550 user locked',
    source: 'Coremail, what bounces mean',
    pattern: /^55\d .*\buser (is )?(locked|rejected)/,
    about: 'address',
    means: 'refused',
  },
];

const full: readonly ReplyRow[] = [
  {
    reply: '554 5.2.2 mailbox full',
    source: 'Microsoft, SMTP AUTH with a mailbox whose Sent Items are full',
    pattern: /^554 5\.2\.2 .*mailbox (is )?full/,
    about: 'sender',
    means: 'stop',
    ofOne: 'mailbox-full',
  },
  {
    reply: '550 5.2.2 <x@y>... Mailbox Full',
    source: 'Sisimai, set of emails, rhost-outlook-01',
    pattern: /^[45]\d\d [45]\.2\.2( |$)/,
    about: 'address',
    means: 'mailbox-full',
  },
  {
    reply: '552 <x@y>: user is over quota',
    source: 'Sisimai, set of emails, rhost-apple-03',
    pattern:
      /^[45]\d\d .*((mailbox|inbox|postfach) (is |ist )?(full|voll)|over ?(storage )?quota|quota ?exceed|exceed.{0,20}(storage|mailbox|disk) ?(quota|space|limit|allocation)|mailbox size limit|insufficient storage|out of storage)/,
    about: 'address',
    means: 'mailbox-full',
  },
  {
    reply: '550 Benutzer hat das Speichervolumen ueberschritten. / User has exhausted allowed storage space.',
    source: 'WEB.DE, as Sitepackage lists it',
    pattern:
      /^[45]\d\d .*(exhausted (allowed|its|the|his) storage|speichervolumen|bo[iî]te .{0,30}(pleine|satur[ée]e)|buz[oó]n.{0,20} lleno|casella.{0,20} piena|邮箱(空间)?已?满|空间(已满|不足)|容量(已满|超限))/u,
    about: 'address',
    means: 'mailbox-full',
  },
];

const unfit: readonly ReplyRow[] = [
  {
    reply: '553 5.6.7 the address needs SMTPUTF8 (RFC 6531), which the relay does not offer',
    source: 'Postrider itself, before it asks the relay',
    pattern: /^5\d\d (5\.6\.7( |$)|.*\bsmtputf8\b)/,
    about: 'address',
    means: 'needs-smtputf8',
  },
];

export const fullRows: readonly ReplyRow[] = [...full, ...unfit];

/** The mailbox does not exist. These come after the rows about content and policy, since those quote addresses too. */
export const badAddressRows: readonly ReplyRow[] = [
  {
    reply: '550 5.1.1 <x@y>: Recipient address rejected: User unknown in virtual mailbox table',
    source: 'Postfix 3.7.11',
    pattern: /^[45]\d\d [45]\.1\.([1-46]|10|351)( |$)/,
    about: 'address',
    means: 'address',
  },
  {
    reply: '550 Unrouteable address',
    source: 'Exim 4.96, an unknown local user or domain',
    pattern: /^5\d\d ([\d.]+ )?(<?x@y>?:? )?un-?rout(e)?able address/,
    about: 'address',
    means: 'address',
  },
  {
    reply: '550 Benutzer nicht bekannt/User unknown',
    source: 'WEB.DE, as Sitepackage lists it',
    pattern:
      /^55[0134] .*((benutzer|empf(ä|ae)nger|adressat) (ist )?(nicht bekannt|unbekannt)|(utilisateur|destinataire) inconnu|(usuario|destinatario) (desconocido|no existe|inexistente)|usu[aá]rio (desconhecido|inexistente|n[aã]o existe)|(utente|destinatario) sconosciuto|(用户|邮箱|收件人|账号|帐号|地址)不存在|查无此(人|用户)|(пользователь|получатель|ящик) не (найден|существует)|нет такого (пользователя|ящика)|(ユーザー?|宛先|メールアドレス|メールボックス)[がは]?(存在しません|見つかりません))/u,
    about: 'address',
    means: 'address',
  },
  {
    reply: '550 User <ann> unknown',
    source: 'Courier 1.0.16',
    pattern:
      /^55[0134] .*\b(user|recipient|mailbox|local part|account) (<[^>]*>|\[[^\]]*\]|"[^"]*"|x@y)( is)? (unknown|not known|not found)/,
    about: 'address',
    means: 'address',
  },
  {
    reply: '550 5.2.1 <x@y>... User Unknown',
    source: 'Sisimai, set of emails, lhost-postfix-13',
    pattern:
      /^55[0134] .*(user (is )?unknown|unknown (local )?(user|recipient|part)|no such (local )?(user|recipient|mailbox|address|account)|user (does not|doesn't|not) (exist|found)|(mailbox|recipient|(email )?address|(email )?account) (that you tried to reach )?(does not|doesn't|does no) exists?|(mailbox|recipient|account) not found|invalid recipient|host unknown|doesn't have an? \S+ account|no mailbox here by that name)/,
    about: 'address',
    means: 'address',
  },
];

export const addressRows: readonly ReplyRow[] = chinese;
