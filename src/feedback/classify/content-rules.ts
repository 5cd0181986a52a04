/** Refused for what the mail holds, or how large it is. */
import { type Rule, rules } from './rule.ts';

export const contentRules: readonly Rule[] = [
  ...rules('block', [
    // Virus detected; content rejected. Message contains malware
    [
      'virus',
      /\bvirus\b/i,
      /malware/i,
      /trojan/i,
      /phish/i,
      /infected/i,
      /(banned|dangerous|forbidden|blocked|prohibited|illegal|disallowed) (attachment|file|extension|content)/i,
      /attachment .{0,40}(not (allowed|accepted|permitted)|block|reject|danger|prohibit)/i,
      /potentially (harmful|dangerous|malicious|executable)/i,
      /clamav/i,
    ],
    // considered spam. High probability of spam. rejected as bulk mail. Blacklisted URL in message
    [
      'spam',
      /(considered|detected|classified|identified|looks?( \w+)? like|appears to be|flagged|tagged|marked|rejected|refused|blocked|recogni[sz]ed|be|is|as|likely|probabl[ey]|suspected|contains?|scored|high|too|probability of|judged|determined|for|this|bounced|deemed|reported|our|a|an) ?(as |to be |by |an? |be |being )*(\W{0,2})(spam|uce\b|ube\b|junk|bulk mail|unsolicited|bulk e-?mail)/i,
      /spam[ -]?(message|mail|content|score|rejected|reject|detect|found|signature|filter|check|assassin|like|refused|report|contents|blocked|polic|characteristics|likelihood|rule|block|engine)/i,
      /anti-?spam/i,
      /(message|mail|e-?mail) .{0,20}(spam|junk)/i,
      /spamsignature/i,
      /url(ibl|bl)/i,
      /surbl/i,
      /(contains?|blacklisted|bad|blocked|suspicious) (\w+ )?(url|uri|link)s?/i,
      /suspected (spam|bounce)/i,
      /spam\b.{0,20}(reject|refus|block|detect|discard|denied)/i,
      /antyspam/i,
      /antispam/i,
      /垃圾邮件/i,
      /スパム/i,
      /迷惑メール/i,
      /спам/i,
    ],
    // Message content rejected. Mail content denied. Header error. Message refused by filter
    [
      'content',
      /(message|mail|body|e-?mail|its|data|header|subject|your)('s)? ?(\w+ )?content(s)?\b.{0,40}(reject|den(y|ied)|refus|block|not (allowed|accept|permit)|prohibit|violat|restrict|filter|inappropriate|unaccept|suspicious)/i,
      /content[- ](reject|filter|denied|block|restrict|error|polic|violat|refus|not)/i,
      /(rejected|refused|blocked|denied) (by|due to|for|because of) (\w+ )?(content|header|body|subject|keyword)/i,
      /(header|headers?|mime|body|subject|message|date|from|to|message-id)s? (error|malformed|invalid|missing|required|syntax|not compliant|structure|format)/i,
      /(invalid|malformed|missing|bad|improper|illegal|bare|duplicate|multiple) (\S+ ){0,2}(header|mime|message-id|date|from|subject|lf|cr|line feed|format|charset|encoding)/i,
      /message (failed|filtered|is not rfc|contains? (bare|invalid|8|illegal|malformed|prohibited))/i,
      /(mail|message) data refused/i,
      /mime\/reject/i,
      /bare <?(lf|cr)/i,
      /line too long/i,
    ],
  ]),
];

export const sizeRules: readonly Rule[] = rules('soft', [
  // Message size exceeds fixed limit. Message too large. 552 5.2.3 exceeds local size limit
  [
    'message-too-large',
    /(^|[^\d.])[45]\.(3\.4|2\.3)(?![\d.])/i,
    /(message|mail|e-?mail|data|body|content|attachment|file|its)s?\b( \S{1,30}){0,4} (is |was |are )?(too (large|big|long)|exceeds? (\S+ ){0,5}(size|limit|maximum|length|allowed|bytes)|size (limit|exceed|is|larger|greater|violation)|larger than|bigger than|over ?size)/i,
    /(exceed|larger|greater|bigger|above|over)\w*.{0,40}(message|mail|maximum|allowed|local|fixed|size)( \w+)? size/i,
    /size (limit|of (this|the|your) message).{0,20}exceed/i,
    /mail size limit/i,
    /message length exceeds/i,
    /(message|mail)[ -]size[ -](limit|exceeds)/i,
    /oversized? (message|mail)/i,
    /nachricht .{0,20}zu gro(ß|ss)/i,
    /message trop (gros|volumineux)/i,
    /邮件(过大|太大|大小超)/i,
    /サイズ.{0,10}大き/i,
  ],
]);
