/** Refused for what our address, network or pace is known for, or by a policy that is not told. */
import { type Rule, rules } from './rule.ts';

export const reputationRules: readonly Rule[] = rules('block', [
  // blocked using zen.spamhaus.org. Your IP is in a black list. listed at bl.spamcop.net
  [
    'blocklisted',
    /spamhaus/i,
    /spamcop/i,
    /sorbs/i,
    /barracudacentral/i,
    /uceprotect/i,
    /abuseat/i,
    /senderscore/i,
    /invaluement/i,
    /trendmicro\.com\//i,
    /mail-abuse/i,
    /\b(dns|r|s|d|i)?bl\b.{0,40}(list|reject|block|deny)/i,
    /\brbl\b/i,
    /dnsbl/i,
    /\(BL\)/i,
    /black ?-?list/i,
    /block ?-?list/i,
    /deny ?-?list/i,
    /(is |are |been |ip |address |host )(currently )?(listed|banned|black)\b/i,
    /listed (in|at|on|by) \S/i,
    /in (my|our|a|the|an?) \w* ?(black|block|deny|ban)/i,
  ],
  // temporarily deferred due to user complaints. low reputation. poor sender reputation
  [
    'bad-reputation',
    /reputation/i,
    /user complaints/i,
    /senderbase/i,
    /complaint rate/i,
    /unsolicited/i,
    /spam(ming)? (source|sender|host|relay|ip|activity|site|domain)/i,
    /(suspected|suspicious|known) (spam(mer)?s?|ip|activity|source|sender)/i,
    /(ip|host|address|server|network|domain|client|connection|message|mail|sender|you|access)\b.{0,60}\b(has|have|was|is|are|been|being)( \w+){0,2} (blocked|banned|denied|blacklisted|refused|restricted|not welcome)/i,
    /(blocked|banned|refused|rejecting|denied) (by|due|because|for|as|from|mail from|your) .{0,60}(ip|network|server|host|abuse|spam|polic|reputation|provider|admin)/i,
    /(your|this|the sending) (ip|host|server|network|mail server|domain) .{0,40}(not allowed|not authori[sz]ed|not permitted|rejected|refused|denied)/i,
    /(connection|connect|session|access|client|host|service|transaction|smtp).{0,30}(refused|rejected|denied|prohibited|not (allowed|permitted)|dropped) (by|due|from|for|because)/i,
    /bad ip profile/i,
    /too many bounces/i,
    /go away/i,
    /refused to talk to me/i,
    /weren't sent/i,
    /(will|do|does|can) ?not accept (delivery|mail|e-?mail|messages?|connections)\b.{0,40}(of this message|from|your)/i,
    /no mail accepted from/i,
    /invalid ip for sending/i,
    /we don't accept (mail|e-?mail) from/i,
    /not accepting (connections|mail) from/i,
  ],
  // Relay access denied. Relaying not allowed. not in my list of allowed rcpthosts
  [
    'relay-denied',
    /insecure mail relay/i,
    /rela(y|ying)\b.{0,40}(denied|not (allowed|permitted|enabled|available|authori[sz]ed)|prohibited|refused|rejected|disallowed|disabled)/i,
    /(unable|not (configured|permitted|allowed|authori[sz]ed)|denies|refuses|cannot|won't|will not|do(es)? not|don't|deny|no) (to )?(open )?relay/i,
    /rcpthosts/i,
    /(we are|this is) not (an? )?(open )?relay/i,
    /not a (local|gateway|relay)/i,
    /must (first )?(be authenticated|authenticate|log ?in|issue a)/i,
    /authentication required/i,
    /please (log ?in|authenticate|turn on smtp auth)/i,
    /(domain|address) (is )?not (local|handled|hosted|served) (here|by)/i,
    /not? (local|valid) (domain|relay)/i,
  ],
  // Sender frequency limited. too many messages, slow down. 4.7.28 unusual rate of unsolicited mail
  [
    'rate-limited',
    /frequency (is )?limit/i,
    /rate ?-?limit/i,
    /\b(ip|connection|message|sender|sending|send|messages|recipients?|mail|e-?mail|domain|hourly|daily)s?( \w+)? ?-?(rate|limit|quota|volume)s?( \w+){0,3} (exceed|reach|violat|limit)/i,
    /(exceed|reach)(ed|s|ing)?\b.{0,60}(rate|limit of (messages|mails|connections|recipients)|(message|sending|connection|hourly|daily|relay) (limit|quota)|maximum (number|rate|connections|send))/i,
    /too many (connections|messages|mails|e-?mails|recipients|concurrent|sessions|requests|invalid|errors|smtp|spam|bad|unknown|unauth)/i,
    /throttl/i,
    /slow ?down/i,
    /unusual (rate|sending)/i,
    /too (fast|frequent|quick)/i,
    /try again later, closing connection/i,
    /(temporarily|temporary) (deferred|rate limited|blocked|rejected).{0,60}(ip|volume|spam|polic|sender|traffic|unusual|reput)/i,
    /resources? temporarily unavailable.{0,40}(ip|connection)/i,
    /maximum (number of )?(concurrent )?(connections|sending|messages per)/i,
    /concurrency limit/i,
    /flood/i,
    /server busy/i,
  ],
]);

/** They speak of a policy, but not of which. */
export const policyRules: readonly Rule[] = rules('block', [
  // rejected by destination domain. Administrative prohibition. Blocked by policy. Protocol violation
  [
    'policy',
    /administrative(ly)? (prohibit|reject|denied|lock)/i,
    /\b(blocked|rejected|refused|denied|prohibited|violat\w+|due to|because of|by|for|of|against|security|local|our|site|mail|message|usage|organi[sz]ation\w*) (\w+ ){0,3}(polic(y|ies))\b/i,
    /polic(y|ies) (reason|violation|reject|restriction|does not|prohibit|den)/i,
    /protocol violation/i,
    /rejected by (the )?(destination|recipient|remote) (domain|system|server)/i,
    /security (reason|restriction|violation|check)/i,
    /not (rfc|compliant)/i,
    /(violat\w*|against|per|see|compliant with|complian\w+ to|under|of) rfc ?-?\d{3,4}/i,
    /rfc ?-?\d{3,4} (violat|complian)/i,
    /must issue a starttls/i,
    /(tls|starttls|encryption) .{0,30}(required|must|needed)/i,
  ],
  // We're writing to let you know that the group may not exist, or you may not have permission to post
  [
    'group-refused',
    /groups\.google\.com\//i,
    /not (a )?(member|subscriber) of (this|the) (mailing )?(list|ml|group)/i,
    /mail rejet[eé]e?/i,
  ],
]);

/** Refused, and no word why. */
export const refusedRules: readonly Rule[] = rules('block', [
  [
    'refused',
    /\bpolic(y|ies)\b/i,
    /access (has been |is |was )?(denied|refused|restricted|rejected|forbidden)/i,
    /permission (was )?(denied|refused)/i,
    /not (authori[sz]ed|permitted|allowed|welcome|accepted)/i,
    /unauthori[sz]ed/i,
    /prohibited/i,
    /forbidden/i,
    /(mail|message|e-?mail|transaction|delivery|connection|content|session|data|command)( \S+)? (has been |was |is |were |being )?(refused|rejected|blocked|denied|declined|bounced)\b/i,
    /\brejected\b/i,
    /\brefused\b/i,
    /\bblocked\b/i,
    /not accept(ed|ing)?\b/i,
  ],
]);
