/** Refused for what we are, not for the address: sender, authentication, reputation, relaying, pace. */
import { type Rule, rules } from './rule.ts';

/** Words that name the sender; they quote "user unknown" and "does not exist" too, so they come first. */
export const senderRules: readonly Rule[] = rules('block', [
  // Too many invalid recipients. Excessive userid unknowns: what we sent to others
  [
    'rate-limited',
    /(too many|excessive) (\w+ ){0,2}(invalid|unknown|bad|rejected|nonexist\w*|wrong|unknowns|bounces|errors|failed)\b/i,
  ],
  // The From address does not match a verified sender identity. MAIL FROM mismatches the client's IP. AUTH FAILED
  [
    'sender-refused',
    /\b(from|sender|mail ?from|return-?path|envelope)( header| address| domain| e-?mail)? .{0,60}(mismatch|(not|n't) (match|in my|in our|be verified|exist|valid)|invalid)/i,
    /mismatch.{0,40}\b(from|sender)\b/i,
    /(address|domain) in (the )?(from|sender|reply-to|return-path)\b/i,
    /\b(no such|unknown) sender\b/i,
    /\b(client|ip|source|connecting) address is not\b/i,
    /\bauth failed/i,
    /local users? only/i,
    /requires that you verify/i,
    /(account|domain)( or domain)? may not exist, they may be blacklisted/i,
    /(sending|your|sender's|from) domain .{0,30}(not exist|not (be )?(found|resolve)|invalid|no (mx|dns|a) )/i,
  ],
  // Sender address rejected: Domain not found. Sender verify failed. Domain of sender address x@y does not exist
  [
    'sender-refused',
    /\bsender('s)?( (e-?mail )?(address|domain|verify|verification|callout))*( <?x@y>?)?( (is|was|has|been|not|domain|of|by))* ?:? ?(rejected|denied|refused|blocked|failed|invalid|unverified|not (allowed|permitted|accepted|recognized|found|valid|verified|exist)|does not (exist|resolve)|unknown|must (exist|resolve)|forbidden|unacceptable|not allowed|prohibited)/i,
  ],
  // Domain of sender address does not resolve. Access denied, bad outbound sender. Unable to verify sender
  [
    'sender-refused',
    /domain of sender/i,
    /from:? (domain|address|header) is invalid/i,
    /valid from:/i,
    /(bad|invalid|unknown|unresolvable|unroutable|forged|blacklisted|blocked|banned) (outbound |envelope )?(sender|return-?path|mail from|from address)/i,
    /(verify|verification|validate) (of )?(the )?sender/i,
    /sender (callback|verification|verify)/i,
    /callback .{0,30}verif/i,
    /while verifying/i,
    /action not taken: mailbox unavailable invalid dns/i,
    /(could not|cannot|can't|unable to|failed to) (verify|resolve|find) (the )?(sender|your (domain|address)|envelope from)/i,
    /(envelope|mail) from .{0,30}(rejected|denied|not (allowed|exist|resolve))/i,
    /sender (is )?(on|in) .{0,30}(block|black|deny|ban)/i,
    /does(n't| not) accept (mail|messages?) from (<?x@y>?|you|this sender|the sender|your)/i,
    /refuses? (mail|messages?) from/i,
    /rejected (mail|message) from/i,
    /from domain .{0,60}(reject|den(y|ied)|invalid)/i,
    /(^|[^\d.])[45]\.1\.[78](?![\d.])/i,
    /\bMAIL FROM\b.{0,80}(rejected|denied|refused)/i,
  ],
  // not allowed to send as. Client does not have permissions to send as this sender. SendAsDenied
  [
    'sender-refused',
    /(not|isn't) (allowed|authori[sz]ed|permitted) to (send|post|use|mail)\b/i,
    /permissions? to send/i,
    /send ?as ?denied/i,
    /submission (denied|rejected)/i,
    /restricted to (members|subscribers|authenticated|internal)/i,
    /only (accepts?|members|subscribers|allowed)\b.{0,40}(mail|messages?|post|send)/i,
    /(posting|post) (to|messages to) .{0,60}(restricted|not allowed|permission)/i,
    /(do not|don't) have permission to post/i,
    /may not (exist|have permission)/i,
    /not (a )?(member|subscriber|subscribed)/i,
    /members?[- ]only/i,
    /is not accepting (mail|messages) from/i,
    /group .{0,80}(permission|not allowed)/i,
    /moderat(ed|or) .{0,40}reject/i,
  ],
]);

/** The same in other languages. */
export const foreignSenderRules: readonly Rule[] = rules('block', [
  // The sender's address is unknown, invalid or refused, in German, French, Spanish, Portuguese, Italian, Russian
  [
    'sender-refused',
    /absender\S{0,12} .{0,25}(unbekannt|ung(ü|ue)ltig|abgelehnt|gesperrt|nicht|existiert)/i,
    /(exp[ée]diteur|remitente|remetente|mittente|afzender) .{0,25}(inconnu|invalid|inv[áa]lid|refus|bloqu|rechaz|rejeitad|sconosciut|rifiutat|onbekend|geweigerd)/i,
    /отправител\S* .{0,25}(отклон|заблок|не (найден|существует|разреш))/i,
  ],
  // The same in Chinese and Japanese
  [
    'sender-refused',
    /(发件人|發件人|寄件者|寄件人)(地址|邮箱|域名)?.{0,4}(无效|無效|不存在|被拒|错误)/i,
    /(送信者|差出人)(の?アドレス|の?ドメイン)?.{0,6}(無効|拒否|不明|存在しま)/i,
  ],
]);

export const authenticationRules: readonly Rule[] = rules('block', [
  // does not pass DMARC verification and has a DMARC policy of reject. SPF check failed. DKIM check failed
  [
    'authentication-failed',
    /\b(dmarc|dkim|spf|sender policy framework|arc seal|sender[- ]?id)\b.{0,80}(fail|reject|not pass|den(y|ied)|quarantine|error|policy|invalid|none|missing|required|mismatch|forbid|soft|verif)/i,
    /(fail|reject|not pass|unauthenticated|violat|does not (pass|meet)|lack).{0,80}\b(dmarc|dkim|spf)\b/i,
    /(^|[^\d.])[45]\.7\.(2[0-9]|3[0-2]|40|509|515)(?![\d.])/i,
    /(this|your) (mail|message|e-?mail) (is |was |has )?(been )?(blocked because )?(it )?(is )?unauthenticated/i,
    /not authenticated/i,
    /authentication (checks?|requirements?|results?) .{0,20}(fail|not)/i,
    /(e-?mail )?authentication (is )?(required|failed|needed|check)/i,
  ],
  // No PTR Record found. Client host rejected: cannot find your hostname. Reverse DNS required
  [
    'no-reverse-dns',
    /\bptr\b/i,
    /reverse (dns|lookup|mapping|record|name|address)/i,
    /\brdns\b/i,
    /cannot find your (reverse )?hostname/i,
    /(client|host|ip|server) .{0,60}(no|invalid|missing|generic|dynamic|unknown) (rdns|reverse|hostname|dns)/i,
    /fcrdns/i,
    /forward-?confirmed/i,
    /(helo|ehlo) .{0,60}(invalid|reject|refus|den|unknown|not|bad|match|require|syntax|fqdn)/i,
    /(invalid|bad|unknown|wrong|missing) .{0,30}\b(helo|ehlo)\b/i,
    /(host|domain) ?name .{0,30}(does not|doesn't|not) (resolve|match)/i,
    /dynamic (ip|address|host)/i,
    /(dial-?up|residential|dynamic) .{0,30}(ip|address|range|space)/i,
  ],
]);
