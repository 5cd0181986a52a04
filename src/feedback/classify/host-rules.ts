/** The domain of the address is bad. */
import { type Rule, rules } from './rule.ts';

/** The domain of the address does not exist. A resolver that only failed for now is another thing. */
export const hostRules: readonly Rule[] = rules('hard', [
  // Host or domain name not found. Name service error for name=x type=A: Host not found. Unknown host. Bad domain
  [
    'host-unknown',
    /host (or domain )?(name )?(lookup did not find|not found|unknown|does not exist)(?!.{0,100}try again)/i,
    /(unknown|bad|invalid|illegal|no such|nonexist\w*|non-existent|unroute?able|unresolvable) (remote |destination |mail |recipient )?(host|domain|mail domain|host\/domain)( name)?\b(?!.{0,40}(sender|helo))/i,
    /domain (name )?(\S{1,80} )?(does not|doesn't|could not be|cannot be|is not|not|isn't|couldn't be) (exist|found|resolve|valid|known|a valid)/i,
    /\bnxdomain\b/i,
    /name or service not known/i,
    /no (dns|mx|a|such|valid|usable|working) (record|host|mail ?server|mx|records|domain|exchanger)?.{0,20}(for (this |the )?(domain|host|\S+\.\S+)|found|exist|defined)/i,
    /(remote )?(host|domain) (is )?(unknown|not known|non-?exist)/i,
    /non-?exist\w* domain/i,
    /all relevant mx records point to non-existent hosts/i,
    /can(not|'t) find (a |any |the )?(host|domain|mail ?server|mx)( named)?/i,
    /couldn't find any host named/i,
    /dns (error|lookup).{0,60}(domain name (was )?not found|nxdomain|non-existent|no such domain|does not exist)/i,
    /address resolution.{0,40}failed.{0,40}(not found|no such)/i,
    /the recipient's? domain .{0,60}(not exist|not found)/i,
    /no route to (domain|host):? ?(not found)/i,
    /域名.{0,8}(不存在|无效)/i,
    /(домен) .{0,20}не (найден|существует)/i,
  ],
]);
