/** One mailbox that takes nothing now: full, asleep, busy. The address exists, so none of these is hard. */
import { type Rule, rules } from './rule.ts';

/** They sound like a bad address or a refusal of ours, but are about the pace of one mailbox. */
export const paceRules: readonly Rule[] = rules('soft', [
  // The user you are trying to contact is receiving mail at a rate that prevents additional messages
  [
    'rate-limited',
    /(user|recipient|mailbox) you are trying to (contact|reach) is receiving (mail|messages) (at a rate|too (quickly|fast))/i,
  ],
  // Too many messages for this recipient. Recipient has exceeded its hourly limit of messages received
  [
    'rate-limited',
    /too (many|much) (messages|mails?|e-?mails?) (for|to) (this|the|that) (recipient|user|mailbox)/i,
    /\b(recipient|mailbox|inbox)\b.{0,40}\b(exceeded|reached)\b.{0,30}\b(messages? (rate|limit)|receiv\w+|rate|hourly|daily)\b.{0,20}(limit|rate|quota|threshold)/i,
  ],
  // Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help
  [
    'greylisted',
    /gr[ae]y-?\s?list/i,
    /first time sender/i,
    /delayed for spam prevention/i,
    /temporarily rejected.{0,30}(new|unknown) sender/i,
  ],
  // Recipient address rejected: unverified address: connect to mx: Connection timed out
  ['not-verified', /unverified address/i, /address verification (in progress|timed out|failed temporarily)/i],
]);

export const fullRules: readonly Rule[] = rules('soft', [
  // 5.2.2 Mailbox full. This code has no other meaning
  ['mailbox-full', /(^|[^\d.])[45]\.2\.2(?![\d.])(?!.{0,60}(disabled|inactive))/i],
  // Mailbox is full. The inbox of this user is full. Mailbox quota exceeded
  [
    'mailbox-full',
    /\b(mail ?box|in-?box|mail ?folder|mail ?store|account|user|recipient|mail ?drop|maildir)('s)?( \S{1,60})?( (is|has|was|are|been|currently|temporarily))* (too )?(full|over(flow(ed|ing)?|[ -]?(the )?(storage )?(quota|limit|size))|exceeded (\S+ ){0,4}(quota|storage|limit|allocation|space|size))/i,
  ],
  // User is over quota. Recipient storage is over its limit. Quota exceeded. Would exceed quota
  [
    'mailbox-full',
    /over ?(the )?(maximum )?(allowed |storage |disk |mailbox |mail |hard )*quota/i,
    /(?<!(sending|send|message|relay|sender|submission|rate) )quota (is |has been |would be |was )?(exceed|full|violation|reached|limit)/i,
    /(exceed|excedi|reached|beyond).{0,25}(storage|mailbox|mail ?folder|disk|inbox|maildir|allocated|spool) ?(\w+ )?(quota|space|limit|allocation|size|capacity|threshold)/i,
    /exceed(s|ed|ing)? (\w+ ){0,3}(quota|mailbox size)(?! of (messages|mails|recipients))/i,
    /disk quota/i,
    /over disk space/i,
    /quota usage/i,
    /(mail ?box|message store|storage) (size )?limit( has been)? exceed/i,
    /mailbox size exceed/i,
    /mail size limit of mailbox/i,
  ],
  // Mailbox has exceeded the limit. Not enough space for this user. Insufficient storage. Out of storage space
  [
    'mailbox-full',
    /(not enough|no|insufficient|out of|low on|lack of|exhausted) (\w+ ){0,3}(storage|(disk|mailbox|mail|hard) ?(space|quota)|space)( left| available)?\b(?!.{0,20}(on (this )?(server|system)|queue))/i,
    /(mailbox|user|recipient|account).{0,40}(no|out of|insufficient) (more )?(storage|space)/i,
    /mailbox for user is full/i,
    /storage (is )?(exceeded|full)/i,
    /too much mail (data )?(for|in)/i,
    /message would exceed/i,
    /too many (messages|mails) (in|on) (the )?(recipient|mail ?box|inbox|this (folder|mailbox))/i,
    /number of messages in recipient/i,
    /messages in .{0,20}mailbox exceeded/i,
    /(user|recipient|account) has too many (messages|mails)/i,
    /zu ?viele (e-?)?mails/i,
  ],
  // The same in German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian, Chinese, Japanese and Korean
  [
    'mailbox-full',
    /(postfach|mailbox|speicher\w*|posteingang) .{0,40}(voll|(ü|ue)berschritten|ersch(ö|oe)pft)/i,
    /exhausted (allowed|its|the|his|their) storage/i,
    /bo[iî]te .{0,60}(pleine|satur[ée]e)/i,
    /quota .{0,30}(d[ée]pass[ée]|excedid|superad|overschreden|przekroczon)/i,
    /buz[oó]n .{0,40}(llen|cuota)/i,
    /caixa (de correio |postal )?.{0,30}(cheia|lotada)/i,
    /casella .{0,40}(piena|superat)/i,
    /postvak .{0,20}vol\b/i,
    /skrzynk\w+ .{0,20}(pe[łl]n|przepe)/i,
    /(ящик|квота) .{0,30}(переполнен|превыш)/i,
    /переполнен/i,
    /(邮箱|信箱|郵箱|空间|空間|容量).{0,10}(已?[满滿]|不足|超[过過出限])/i,
    /メールボックス.{0,30}(一杯|いっぱい|容量|超え)/i,
    /(容量|サイズ).{0,15}(超え|超過|オーバー)/i,
    /용량.{0,10}초과/i,
  ],
]);

/** Somebody had it, and may have it again. */
export const suspendedRules: readonly Rule[] = rules('soft', [
  // The email account that you tried to reach is disabled. Mailbox currently suspended. Account inactive
  [
    'mailbox-disabled',
    /\b(account|mail ?box|user|recipient|address|customer|subscriber|inbox|e-?mail)('s)?\b( \(?<?\S{1,60}>?\)?)?( (account|mailbox|address|you (are trying|tried) to (reach|contact)|that you tried to reach))?( (is|has|was|been|are|temporarily|currently|either|not|administratively))*[ :]{1,3}(disabled|suspended|inactive|in-active|locked|frozen|deactivated|closed|expired|blocked due to inactivity|dormant|on hold|hang ?up|not active|not activated|not enabled|restricted)\b/i,
  ],
  // Inactive account. Disabled recipient. Mailbox disabled for this recipient. Not accepting mail
  [
    'mailbox-disabled',
    /\b(disabled|suspended|inactive|deactivated|locked|frozen|dormant) (user|account|mail ?box|recipient|address|subscriber)/i,
    /mail ?box (is )?(disabled|frozen|locked|inactive|closed)/i,
    /(?<!delivery )temporar(y|ily) (locked|suspended|disabled|inactive|deactivated)/i,
    /user('s)? (mail )?(account )?(has )?(been )?(suspended|disabled)/i,
    /not? (currently )?accept(ing)? (any )?(mail|messages) (for|at) this (user|account|address|time)/i,
    /(mailbox|account|user) (is )?(currently )?temporarily (unavailable|inaccessible)/i,
    /mailbox (is )?(temporarily |currently )?(unavailable|inaccessible|not available) (at this time|temporarily)/i,
    /account (that you tried to reach )?(has been |is )?(disabled|over inactive)/i,
    /over ?due/i,
    /unpaid/i,
  ],
  // In Chinese, German, French, Spanish, Russian, Japanese
  [
    'mailbox-disabled',
    /(konto|postfach|benutzer) .{0,20}(gesperrt|deaktiviert|inaktiv)/i,
    /compte .{0,20}(d[ée]sactiv[ée]|suspendu|inactif|bloqu[ée])/i,
    /(cuenta|buz[oó]n|conta) .{0,20}(deshabilitad|desactivad|suspendid|inactiv|inativ|bloquead)/i,
    /(账号|帐号|帳號|用户|邮箱|信箱).{0,6}(被?(禁用|停用|锁定|冻结|凍結)|已停)/i,
    /(ящик|аккаунт|пользовател\S+) .{0,20}(заблокирован|отключ[её]н|неактив)/i,
    /(アカウント|メールボックス).{0,10}(停止|無効)/i,
  ],
]);
