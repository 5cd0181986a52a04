/** Replies that a program sends for a person: vacation notices and challenges. They say that the address works. */
import { firstAddress, typedAddress } from '../mail/addresses.ts';
import { field, words } from '../mail/headers.ts';
import { type Mail, textOf } from '../mail/parts.ts';
import type { FeedbackClass, RecipientReport } from '../report.ts';

/** Please click the link to have your mail delivered; the sender must confirm. */
const CHALLENGE =
  /(please |must |need to )?(confirm|verify|authenticate|validate) (your|that you|you are|the) .{0,40}(e-?mail|message|sender|address|human|delivery|identity|sent)|challenge[- ]?response|\b(tmda|spamarrest|boxbe|bluebottle|earthlink|mailblocks|sendio)\b|waiting for (your )?(confirmation|verification)|sender verification required|whitelist(ing)? request/i;
/** Automatic reply: ... The words that mail programs put before the subject, in their languages. */
const AWAY_SUBJECT =
  /^\s*\W{0,3}(auto(matic)?[ -]?(reply|response|responder|answer|antwort|mated (reply|response))|autoreply|autoresponse|auto:|out of (the )?office|ooo\b|i am (currently )?(away|out)|away from|(on )?vacation|holiday|absence|abwesenheit|automatische (antwort|r(ü|ue)ckmeldung)|r(é|e)ponse automatique|absence du bureau|message d'absence|respuesta autom(á|a)tica|fuera de (la )?oficina|resposta autom(á|a)tica|risposta automatica|fuori sede|automatisch antwoord|afwezig|automatiskt svar|fr(å|a)nvaro|autosvar|automaattinen|automatyczna odpowied|odpowied(ź|z) automatyczna|automatick(á|a) odpov|автоответ|автоматический ответ|自动回复|自動回覆|自动答复|自動回復|自動応答|自動返信|不在|休假|자동 ?(회신|응답)|부재중)/iu;
const AUTO_REPLIED = /^\s*auto-(replied|notified)/i;

/** Null if the mail is no receipt (RFC 8098): somebody's program says that the mail was read or deleted. */
export function readReceipt(mail: Mail): RecipientReport | null {
  const part = mail.parts.find(({ type }) => type === 'message/disposition-notification');
  if (!part) return null;
  const named = /^final-recipient:(.{1,400})$/im.exec(textOf(part))?.[1] ?? '';
  return { ...reply(mail, 'other', 'receipt'), recipient: typedAddress(named) };
}

/** Null if the mail is none. A report of a mail server may say `auto-replied` too, so ask for these first. */
export function readAutomaticReply(mail: Mail, text: string): RecipientReport | null {
  const subject = words(mail.headers, 'subject');
  if (!saysAutomatic(mail) && !AWAY_SUBJECT.test(subject)) return null;
  const challenge = CHALLENGE.test(subject) || CHALLENGE.test(text.slice(0, 4_000));
  return challenge ? reply(mail, 'other', 'challenge') : reply(mail, 'vacation', 'vacation');
}

const reply = (mail: Mail, feedbackClass: FeedbackClass, reason: string): RecipientReport => ({
  recipient: firstAddress(words(mail.headers, 'from')) ?? firstAddress(words(mail.headers, 'reply-to')),
  original: null,
  class: feedbackClass,
  reason,
  status: null,
  diagnostic: null,
});

const saysAutomatic = ({ headers }: Mail): boolean =>
  AUTO_REPLIED.test(field(headers, 'auto-submitted')) ||
  ['x-autoreply', 'x-autorespond', 'x-autoreply-from', 'x-mail-autoreply', 'x-vacation'].some((name) =>
    headers.has(name),
  ) ||
  /^\s*auto[-_]?reply/i.test(field(headers, 'precedence')) ||
  /^(oof|all)$/i.test(field(headers, 'x-ms-exchange-inbox-rules-loop'));
