/** By which signs a mail without a machine-readable part is known as a mail server's report. */
import { field, type Headers, words } from '../mail/headers.ts';
import type { Mail } from '../mail/parts.ts';

const DAEMON =
  /mailer-?daemon|postmaster|mail delivery (sub)?system|mail (administrator|delivery)|delivery subsystem/i;
const SUBJECT =
  /undeliver|non-?deliver|not (be )?deliver|(delivery|mail|message|e-?mail)\b.{0,30}(fail|error|problem|status|delay|return|reject|bounc|could not|impossible|unsuccessful)|return(ed)? (mail|message|to sender)|failure notice|failed (mail|message|delivery)|delivery (report|notification)|(mail|message) (bounced|returned)|warning: .{0,40}(mail|message|delivery)|unzustellbar|zustellung|non remis|non distribu|no se (pudo|puede) entregar|devuelt|devolvid|retorn|mancata (consegna|recapito)|onbestelbaar|niet-bestelbaar|недостав|не доставлено|\bnot (a )?member\b|退信|退回|无法投递|無法傳遞|投递失败|未送达|系统退信|配信(不能|できません)|エラーメール|送信(エラー|でき)|returned/iu;
const WORDS =
  /(could|can|was|were|has|have|be|is|are|did)( ?not|n't| been)( \w+){0,3} (deliver|reach|sent)|undeliver|unable to deliver|deliver\w* (fail|error|problem|status|to the following|has failed)|permanent (fatal )?error|(following|these) (address|recipient)\S* .{0,40}(fail|problem|error)|returned to (you|sender)|did not reach|wasn't able to deliver|user unknown|unknown user|mail ?box (is )?full|delivery time|bounced?|failed recipient|transcript of session|not a member of/i;
const DELAY =
  /(delayed|delay(ed)? (for|of|notif)|not yet been delivered|has not been delivered (yet|within|for)|warning: (could not|message)|will (continue|keep|be) (to be )?(retr|try|attempt)|still (trying|being)|no action is required|do not need to resend|you do not need to|need not resend|temporary failure|in the queue for up to|temporarily delayed|warning message only|verz(ö|oe)ger|retard|demor|retrasad|vertraagd|задерж|延迟|遅延)/i;
const FINAL =
  /(permanent (fatal |delivery )?(error|failure)|giv(en|ing) up|(has been|was|is being) (returned|abandoned)|could not be delivered to|failed permanently|not going to try|no further (delivery )?attempts|gave up)/i;

/** A daemon wrote it, or two of: its subject, its words, a returned mail. */
export function looksLikeBounce(mail: Mail, own: string, returned: Headers): boolean {
  const from = `${words(mail.headers, 'from')} ${field(mail.headers, 'sender')}`;
  const subject = words(mail.headers, 'subject');
  const signs = [
    DAEMON.test(from) || mail.headers.has('x-failed-recipients'),
    SUBJECT.test(subject),
    WORDS.test(own.slice(0, 8_000)),
    returned.size > 2,
    isNullSender(mail),
  ].filter(Boolean).length;
  return signs >= 2;
}

/** It says that the server goes on trying. */
export function isDelayWarning(mail: Mail, own: string): boolean {
  const text = `${words(mail.headers, 'subject')}\n${own.slice(0, 8_000)}`;
  return DELAY.test(text) && !FINAL.test(text);
}

const isNullSender = ({ headers }: Mail): boolean => /^\s*<\s*>\s*$/.test(field(headers, 'return-path'));
