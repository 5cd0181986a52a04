/** It never got there, or something broke on the way: nobody's fault, and it may work next time. */
import { type Rule, rules } from './rule.ts';

/** What comes back to where it came from never arrives; the words for it sound like faults of the mail. */
export const loopRules: readonly Rule[] = rules('soft', [
  // mail loops back to myself. Too many hops. Hop count exceeded - possible mail loop
  [
    'mail-loop',
    /(mail|routing|forwarding|message|delivery|possible) loop/i,
    /(mx|points?|loops?)\b.{0,60} back to\b/i,
    /loop(s|ing)? (detected|back|count)/i,
    /too many (hops|received)/i,
    /hop ?count/i,
  ],
]);

/** The name could not be looked up now; the words for it sound as if there were no such name. */
export const lookupRules: readonly Rule[] = rules('soft', [
  // Host or domain name not found. Name service error for name=mx type=MX: Host not found, try again
  [
    'dns',
    /\b45\d 4\.1\.2\b/i,
    /(not found|name service error|lookup)\b.{0,100}try again/i,
    /servfail/i,
    /((?<!address )lookup|dns|resolv\w+|name ?server)\b.{0,40}(temporar|time(d )?-?out|fail(ed|ure)|unavailable|error)(?!.{0,80}(nxdomain|no such|non-?exist|not exist|not found))/i,
    /temporar\w+ (\w+ ){0,3}(dns|lookup|resol|name)/i,
  ],
]);

export const expiredRules: readonly Rule[] = rules('soft', [
  // retry timeout exceeded. Message expired: unable to deliver in 840 minutes. in the queue too long
  [
    'expired',
    /retry (timeout|time)/i,
    /(message|delivery|queue|mail|time|has|been)( \w+)? ?(has |was )?expired/i,
    /expired (in queue|after|before)/i,
    /delivery (time|attempts?|retr\w+|period)\b.{0,30}(expired|exceed|exhaust|failed after)/i,
    /(in|on) (the |our |my )?(mail )?queue (too long|for (more|over|longer|\d))/i,
    /unable to deliver (message |mail )?(in|after|within|for) (multiple|several|\d+)/i,
    /not (be )?delivered? (with)?in (the )?\d+/i,
    /(could|can|was|were|has) ?not (be |been )?deliver\w* (for|after|within|in) (\d|more|several|the)/i,
    /(retried|trying|tried) (for|to deliver (it |this |your message )?for) .{0,20}(hours?|days?)/i,
    /giving up/i,
    /too many (delivery )?(attempts|retries)/i,
    /maximum (number of )?(retries|attempts|delivery|retry)/i,
    /gave up/i,
    /timeout .{0,20}reached/i,
    /has been (frozen|in the queue)/i,
    /lifetime/i,
    /undeliverable for \d/i,
    /zu lange/i,
    /delivery retry timeout/i,
    /d[ée]lai .{0,20}d[ée]pass/i,
  ],
]);

export const networkRules: readonly Rule[] = rules('soft', [
  // Connection timed out. Connection refused. Network is unreachable. lost connection with mx. No route to host
  [
    'network',
    /(connection|connect|session|socket|host|server)( \S+){0,3} (was |has been |is |has )?refused\b/i,
    /(connection|connect|session|conversation|operation|read|write|smtp|data|socket|host|server|network|request)( \S+){0,3} (was |has been |is |has )?(timed? ?-?out|reset|closed|dropped|lost|aborted|unreachable|terminated|interrupted|failed|broken|not respond)/i,
    /timed? ?-?out/i,
    /lost connection/i,
    /unable to connect/i,
    /(could|can) ?(not|n't) (connect|contact|reach|establish|resolve|open connection)/i,
    /cannot (connect|contact|reach)/i,
    /failed to (connect|contact|establish)/i,
    /(no|not) (response|respond|answer)\w* (from|by|to)/i,
    /host (is )?(down|unreachable|not (reachable|responding|available|contact))/i,
    /network (is )?(error|unreachable|problem|down)/i,
    /no route to host/i,
    /couldn't establish/i,
    /connection (error|failure|failed)/i,
    /(dns|name ?server|name service|resolver|mx)( \S+){0,4} (error|failure|failed|fail|problem|loop|timeout|servfail|not available)/i,
    /servfail/i,
    /host not found,? try again/i,
    /temporar(y|ily) (unable to|dns|lookup|failure in name)/i,
    /tls (handshake|negotiation|error|fail|is required)/i,
    /starttls .{0,40}(fail|not|error)/i,
    /certificate/i,
    /socket error/i,
    /address family mismatch/i,
    /no (mx|mail) ?(hosts?|servers?) (available|reachable|respond)/i,
  ],
]);

/** A program on the server failed; what it says of users and files is not about the address. */
export const programRules: readonly Rule[] = rules('soft', [
  // Command output: procmail: Couldn't create "/var/spool/mail/ann". Mail quota of a program is another thing
  [
    'system-error',
    /\b(procmail|maildrop|formail|vdelivermail|deliver|dovecot-lda|sieve|mailbox delivery)\b.{0,20}(couldn't|can't|cannot|unable|could not|error|died)/i,
    /cannot (create|open|update|append).{0,40}(file|mailbox|maildir)/i,
    /couldn't create/i,
    /command died/i,
    /config(uration)? (file )?error/i,
    /several matches found/i,
  ],
]);

export const systemRules: readonly Rule[] = rules('soft', [
  // Insufficient system storage on the server. Disk full. queue file write error
  [
    'system-full',
    /insufficient (system )?(storage|resources)/i,
    /disk (is )?full/i,
    /no space left/i,
    /(server|system|file ?system|queue).{0,30}(full|no space|out of (space|disk|storage))/i,
  ],
  // Local configuration error. Mailer error. Service unavailable. Command died with status 9. can't create output file
  [
    'system-error',
    /(local|internal|server|system|mailer|software|application|processing|lookup|mail system|service|temporary|temporarily|configuration|database|ldap|alias|delivery|i\/o|write|permanent fatal|unknown|unexpected) ?(server |system |local |delivery )?(error|failure|problem|fault|unavailable|exception|misconfig)/i,
    /service (is )?(currently |temporarily )?(un|not )available/i,
    /(pipe|command|program|process|child|transport|procmail|mailer|filter|script|maildrop|agent)( \S+){0,4} (died|failed|returned|exit|crash|error|terminated|aborted)/i,
    /died with (status|signal)/i,
    /can(not|'t) (create|open|write|lock|append|update|access|chdir|stat|fork|read|deliver|execute)/i,
    /unable to (open|create|write|lock|process|contact ldap|chdir|access|store|deliver)/i,
    /(queue|mailbox|output|temp\w*) file/i,
    /could not (create|open|write|be processed|lock|complete|store)/i,
    /not (enough|sufficient) memory/i,
    /out of memory/i,
    /try again (later|in|after)/i,
    /temporar(y|ily)/i,
    /execvp/i,
    /syntax error/i,
    /command (unrecogni[sz]ed|not (recogni[sz]ed|implemented))/i,
    /bad sequence/i,
    /protocol error/i,
    /exit status/i,
    /unix error/i,
  ],
]);
