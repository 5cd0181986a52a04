/** It never got there, or something broke on the way: nobody's fault, and it may work next time. */
import { type Rule, rules } from './rule.ts';

/** What comes back to where it came from never arrives; the words for it sound like faults of the mail. */
export const loopRules: readonly Rule[] = rules('soft', [
  // mail loops back to myself. Too many hops. Hop count exceeded - possible mail loop
  [
    'mail-loop',
    /(mail|routing|forwarding|message|delivery|possible) loop|(mx|points?|loops?)\b.{0,60} back to\b|loop(s|ing)? (detected|back|count)|too many (hops|received)|hop ?count/i,
  ],
]);

/** The name could not be looked up now; the words for it sound as if there were no such name. */
export const lookupRules: readonly Rule[] = rules('soft', [
  // Host or domain name not found. Name service error for name=mx type=MX: Host not found, try again
  [
    'dns',
    /\b45\d 4\.1\.2\b|(not found|name service error|lookup)\b.{0,100}try again|servfail|((?<!address )lookup|dns|resolv\w+|name ?server)\b.{0,40}(temporar|time(d )?-?out|fail(ed|ure)|unavailable|error)(?!.{0,80}(nxdomain|no such|non-?exist|not exist|not found))|temporar\w+ (\w+ ){0,3}(dns|lookup|resol|name)/i,
  ],
]);

export const expiredRules: readonly Rule[] = rules('soft', [
  // retry timeout exceeded. Message expired: unable to deliver in 840 minutes. in the queue too long
  [
    'expired',
    /retry (timeout|time)|(message|delivery|queue|mail|time|has|been)( \w+)? ?(has |was )?expired|expired (in queue|after|before)|delivery (time|attempts?|retr\w+|period)\b.{0,30}(expired|exceed|exhaust|failed after)|(in|on) (the |our |my )?(mail )?queue (too long|for (more|over|longer|\d))|unable to deliver (message |mail )?(in|after|within|for) (multiple|several|\d+)|not (be )?delivered? (with)?in (the )?\d+|(could|can|was|were|has) ?not (be |been )?deliver\w* (for|after|within|in) (\d|more|several|the)|(retried|trying|tried) (for|to deliver (it |this |your message )?for) .{0,20}(hours?|days?)|giving up|too many (delivery )?(attempts|retries)|maximum (number of )?(retries|attempts|delivery|retry)|gave up|timeout .{0,20}reached|has been (frozen|in the queue)|lifetime|undeliverable for \d|zu lange|delivery retry timeout|d[ée]lai .{0,20}d[ée]pass/i,
  ],
]);

export const networkRules: readonly Rule[] = rules('soft', [
  // Connection timed out. Connection refused. Network is unreachable. lost connection with mx. No route to host
  [
    'network',
    /(connection|connect|session|socket|host|server)( \S+){0,3} (was |has been |is |has )?refused\b|(connection|connect|session|conversation|operation|read|write|smtp|data|socket|host|server|network|request)( \S+){0,3} (was |has been |is |has )?(timed? ?-?out|reset|closed|dropped|lost|aborted|unreachable|terminated|interrupted|failed|broken|not respond)|timed? ?-?out|lost connection|unable to connect|(could|can) ?(not|n't) (connect|contact|reach|establish|resolve|open connection)|cannot (connect|contact|reach)|failed to (connect|contact|establish)|(no|not) (response|respond|answer)\w* (from|by|to)|host (is )?(down|unreachable|not (reachable|responding|available|contact))|network (is )?(error|unreachable|problem|down)|no route to host|couldn't establish|connection (error|failure|failed)|(dns|name ?server|name service|resolver|mx)( \S+){0,4} (error|failure|failed|fail|problem|loop|timeout|servfail|not available)|servfail|host not found,? try again|temporar(y|ily) (unable to|dns|lookup|failure in name)|tls (handshake|negotiation|error|fail|is required)|starttls .{0,40}(fail|not|error)|certificate|socket error|address family mismatch|no (mx|mail) ?(hosts?|servers?) (available|reachable|respond)/i,
  ],
]);

/** A program on the server failed; what it says of users and files is not about the address. */
export const programRules: readonly Rule[] = rules('soft', [
  // Command output: procmail: Couldn't create "/var/spool/mail/ann". Mail quota of a program is another thing
  [
    'system-error',
    /\b(procmail|maildrop|formail|vdelivermail|deliver|dovecot-lda|sieve|mailbox delivery)\b.{0,20}(couldn't|can't|cannot|unable|could not|error|died)|cannot (create|open|update|append).{0,40}(file|mailbox|maildir)|couldn't create|command died|config(uration)? (file )?error|several matches found/i,
  ],
]);

export const systemRules: readonly Rule[] = rules('soft', [
  // Insufficient system storage on the server. Disk full. queue file write error
  [
    'system-full',
    /insufficient (system )?(storage|resources)|disk (is )?full|no space left|(server|system|file ?system|queue).{0,30}(full|no space|out of (space|disk|storage))/i,
  ],
  // Local configuration error. Mailer error. Service unavailable. Command died with status 9. can't create output file
  [
    'system-error',
    /(local|internal|server|system|mailer|software|application|processing|lookup|mail system|service|temporary|temporarily|configuration|database|ldap|alias|delivery|i\/o|write|permanent fatal|unknown|unexpected) ?(server |system |local |delivery )?(error|failure|problem|fault|unavailable|exception|misconfig)|service (is )?(currently |temporarily )?(un|not )available|(pipe|command|program|process|child|transport|procmail|mailer|filter|script|maildrop|agent)( \S+){0,4} (died|failed|returned|exit|crash|error|terminated|aborted)|died with (status|signal)|can(not|'t) (create|open|write|lock|append|update|access|chdir|stat|fork|read|deliver|execute)|unable to (open|create|write|lock|process|contact ldap|chdir|access|store|deliver)|(queue|mailbox|output|temp\w*) file|could not (create|open|write|be processed|lock|complete|store)|not (enough|sufficient) memory|out of memory|try again (later|in|after)|temporar(y|ily)|execvp|syntax error|command (unrecogni[sz]ed|not (recogni[sz]ed|implemented))|bad sequence|protocol error|exit status|unix error/i,
  ],
]);
