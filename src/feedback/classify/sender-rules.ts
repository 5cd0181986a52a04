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
    /\b(from|sender|mail ?from|return-?path|envelope)( header| address| domain| e-?mail)? .{0,60}(mismatch|(not|n't) (match|in my|in our|be verified|exist|valid)|invalid)|mismatch.{0,40}\b(from|sender)\b|(address|domain) in (the )?(from|sender|reply-to|return-path)\b|\b(no such|unknown) sender\b|\b(client|ip|source|connecting) address is not\b|\bauth failed|local users? only|requires that you verify|(account|domain)( or domain)? may not exist, they may be blacklisted|(sending|your|sender's|from) domain .{0,30}(not exist|not (be )?(found|resolve)|invalid|no (mx|dns|a) )/i,
  ],
  // Sender address rejected: Domain not found. Sender verify failed. Domain of sender address x@y does not exist
  [
    'sender-refused',
    /\bsender('s)?( (e-?mail )?(address|domain|verify|verification|callout))*( <?x@y>?)?( (is|was|has|been|not|domain|of|by))* ?:? ?(rejected|denied|refused|blocked|failed|invalid|unverified|not (allowed|permitted|accepted|recognized|found|valid|verified|exist)|does not (exist|resolve)|unknown|must (exist|resolve)|forbidden|unacceptable|not allowed|prohibited)/i,
  ],
  // Domain of sender address does not resolve. Access denied, bad outbound sender. Unable to verify sender
  [
    'sender-refused',
    /domain of sender|from:? (domain|address|header) is invalid|valid from:|(bad|invalid|unknown|unresolvable|unroutable|forged|blacklisted|blocked|banned) (outbound |envelope )?(sender|return-?path|mail from|from address)|(verify|verification|validate) (of )?(the )?sender|sender (callback|verification|verify)|callback .{0,30}verif|while verifying|action not taken: mailbox unavailable invalid dns|(could not|cannot|can't|unable to|failed to) (verify|resolve|find) (the )?(sender|your (domain|address)|envelope from)|(envelope|mail) from .{0,30}(rejected|denied|not (allowed|exist|resolve))|sender (is )?(on|in) .{0,30}(block|black|deny|ban)|does(n't| not) accept (mail|messages?) from (<?x@y>?|you|this sender|the sender|your)|refuses? (mail|messages?) from|rejected (mail|message) from|from domain .{0,60}(reject|den(y|ied)|invalid)|(^|[^\d.])[45]\.1\.[78](?![\d.])|\bMAIL FROM\b.{0,80}(rejected|denied|refused)/i,
  ],
  // not allowed to send as. Client does not have permissions to send as this sender. SendAsDenied
  [
    'sender-refused',
    /(not|isn't) (allowed|authori[sz]ed|permitted) to (send|post|use|mail)\b|permissions? to send|send ?as ?denied|submission (denied|rejected)|restricted to (members|subscribers|authenticated|internal)|only (accepts?|members|subscribers|allowed)\b.{0,40}(mail|messages?|post|send)|(posting|post) (to|messages to) .{0,60}(restricted|not allowed|permission)|(do not|don't) have permission to post|may not (exist|have permission)|not (a )?(member|subscriber|subscribed)|members?[- ]only|is not accepting (mail|messages) from|group .{0,80}(permission|not allowed)|moderat(ed|or) .{0,40}reject/i,
  ],
]);

export const authenticationRules: readonly Rule[] = rules('block', [
  // does not pass DMARC verification and has a DMARC policy of reject. SPF check failed. DKIM check failed
  [
    'authentication-failed',
    /\b(dmarc|dkim|spf|sender policy framework|arc seal|sender[- ]?id)\b.{0,80}(fail|reject|not pass|den(y|ied)|quarantine|error|policy|invalid|none|missing|required|mismatch|forbid|soft|verif)|(fail|reject|not pass|unauthenticated|violat|does not (pass|meet)|lack).{0,80}\b(dmarc|dkim|spf)\b|(^|[^\d.])[45]\.7\.(2[0-9]|3[0-2]|40|509|515)(?![\d.])|(this|your) (mail|message|e-?mail) (is |was |has )?(been )?(blocked because )?(it )?(is )?unauthenticated|not authenticated|authentication (checks?|requirements?|results?) .{0,20}(fail|not)|(e-?mail )?authentication (is )?(required|failed|needed|check)/i,
  ],
  // No PTR Record found. Client host rejected: cannot find your hostname. Reverse DNS required
  [
    'no-reverse-dns',
    /\bptr\b|reverse (dns|lookup|mapping|record|name|address)|\brdns\b|cannot find your (reverse )?hostname|(client|host|ip|server) .{0,60}(no|invalid|missing|generic|dynamic|unknown) (rdns|reverse|hostname|dns)|fcrdns|forward-?confirmed|(helo|ehlo) .{0,60}(invalid|reject|refus|den|unknown|not|bad|match|require|syntax|fqdn)|(invalid|bad|unknown|wrong|missing) .{0,30}\b(helo|ehlo)\b|(host|domain) ?name .{0,30}(does not|doesn't|not) (resolve|match)|dynamic (ip|address|host)|(dial-?up|residential|dynamic) .{0,30}(ip|address|range|space)/i,
  ],
]);

export const reputationRules: readonly Rule[] = rules('block', [
  // blocked using zen.spamhaus.org. Your IP is in a black list. listed at bl.spamcop.net
  [
    'blocklisted',
    /spamhaus|spamcop|sorbs|barracudacentral|uceprotect|abuseat|senderscore|invaluement|trendmicro\.com\/|mail-abuse|\b(dns|r|s|d|i)?bl\b.{0,40}(list|reject|block|deny)|\brbl\b|dnsbl|\(BL\)|black ?-?list|block ?-?list|deny ?-?list|(is |are |been |ip |address |host )(currently )?(listed|banned|black)\b|listed (in|at|on|by) \S|in (my|our|a|the|an?) \w* ?(black|block|deny|ban)/i,
  ],
  // temporarily deferred due to user complaints. low reputation. poor sender reputation
  [
    'bad-reputation',
    /reputation|user complaints|senderbase|complaint rate|unsolicited|spam(ming)? (source|sender|host|relay|ip|activity|site|domain)|(suspected|suspicious|known) (spam(mer)?s?|ip|activity|source|sender)|(ip|host|address|server|network|domain|client|connection|message|mail|sender|you|access)\b.{0,60}\b(has|have|was|is|are|been|being)( \w+){0,2} (blocked|banned|denied|blacklisted|refused|restricted|not welcome)|(blocked|banned|refused|rejecting|denied) (by|due|because|for|as|from|mail from|your) .{0,60}(ip|network|server|host|abuse|spam|polic|reputation|provider|admin)|(your|this|the sending) (ip|host|server|network|mail server|domain) .{0,40}(not allowed|not authori[sz]ed|not permitted|rejected|refused|denied)|(connection|connect|session|access|client|host|service|transaction|smtp).{0,30}(refused|rejected|denied|prohibited|not (allowed|permitted)|dropped) (by|due|from|for|because)|bad ip profile|too many bounces|go away|refused to talk to me|weren't sent|(will|do|does|can) ?not accept (delivery|mail|e-?mail|messages?|connections)\b.{0,40}(of this message|from|your)|no mail accepted from|invalid ip for sending|we don't accept (mail|e-?mail) from|not accepting (connections|mail) from/i,
  ],
  // Relay access denied. Relaying not allowed. not in my list of allowed rcpthosts
  [
    'relay-denied',
    /insecure mail relay|rela(y|ying)\b.{0,40}(denied|not (allowed|permitted|enabled|available|authori[sz]ed)|prohibited|refused|rejected|disallowed|disabled)|(unable|not (configured|permitted|allowed|authori[sz]ed)|denies|refuses|cannot|won't|will not|do(es)? not|don't|deny|no) (to )?(open )?relay|rcpthosts|(we are|this is) not (an? )?(open )?relay|not a (local|gateway|relay)|must (first )?(be authenticated|authenticate|log ?in|issue a)|authentication required|please (log ?in|authenticate|turn on smtp auth)|(domain|address) (is )?not (local|handled|hosted|served) (here|by)|not? (local|valid) (domain|relay)/i,
  ],
  // Sender frequency limited. too many messages, slow down. 4.7.28 unusual rate of unsolicited mail
  [
    'rate-limited',
    /frequency (is )?limit|rate ?-?limit|\b(ip|connection|message|sender|sending|send|messages|recipients?|mail|e-?mail|domain|hourly|daily)s?( \w+)? ?-?(rate|limit|quota|volume)s?( \w+){0,3} (exceed|reach|violat|limit)|(exceed|reach)(ed|s|ing)?\b.{0,60}(rate|limit of (messages|mails|connections|recipients)|(message|sending|connection|hourly|daily|relay) (limit|quota)|maximum (number|rate|connections|send))|too many (connections|messages|mails|e-?mails|recipients|concurrent|sessions|requests|invalid|errors|smtp|spam|bad|unknown|unauth)|throttl|slow ?down|unusual (rate|sending)|too (fast|frequent|quick)|try again later, closing connection|(temporarily|temporary) (deferred|rate limited|blocked|rejected).{0,60}(ip|volume|spam|polic|sender|traffic|unusual|reput)|resources? temporarily unavailable.{0,40}(ip|connection)|maximum (number of )?(concurrent )?(connections|sending|messages per)|concurrency limit|flood|server busy/i,
  ],
]);

/** They speak of a policy, but not of which. */
export const policyRules: readonly Rule[] = rules('block', [
  // rejected by destination domain. Administrative prohibition. Blocked by policy. Protocol violation
  [
    'policy',
    /administrative(ly)? (prohibit|reject|denied|lock)|\b(blocked|rejected|refused|denied|prohibited|violat\w+|due to|because of|by|for|of|against|security|local|our|site|mail|message|usage|organi[sz]ation\w*) (\w+ ){0,3}(polic(y|ies))\b|polic(y|ies) (reason|violation|reject|restriction|does not|prohibit|den)|protocol violation|rejected by (the )?(destination|recipient|remote) (domain|system|server)|security (reason|restriction|violation|check)|not (rfc|compliant)|(violat\w*|against|per|see|compliant with|complian\w+ to|under|of) rfc ?-?\d{3,4}|rfc ?-?\d{3,4} (violat|complian)|must issue a starttls|(tls|starttls|encryption) .{0,30}(required|must|needed)/i,
  ],
  // We're writing to let you know that the group may not exist, or you may not have permission to post
  [
    'group-refused',
    /groups\.google\.com\/|not (a )?(member|subscriber) of (this|the) (mailing )?(list|ml|group)|mail rejet[eé]e?/i,
  ],
]);

/** Refused, and no word why. */
export const refusedRules: readonly Rule[] = rules('block', [
  [
    'refused',
    /\bpolic(y|ies)\b|access (has been |is |was )?(denied|refused|restricted|rejected|forbidden)|permission (was )?(denied|refused)|not (authori[sz]ed|permitted|allowed|welcome|accepted)|unauthori[sz]ed|prohibited|forbidden|(mail|message|e-?mail|transaction|delivery|connection|content|session|data|command)( \S+)? (has been |was |is |were |being )?(refused|rejected|blocked|denied|declined|bounced)\b|\brejected\b|\brefused\b|\bblocked\b|not accept(ed|ing)?\b/i,
  ],
]);
