/** Why something could not be fetched, in words that complete "the picture ..." and "the link ...". */

export type Reason =
  /** The URL itself. */
  | 'address'
  /** Not on the public internet, or a port that is not asked. */
  | 'closed'
  /** There is no such host, or it does not take connections. */
  | 'host'
  /** No name server or no network could be reached: nothing else will be either. */
  | 'network'
  | 'timeout'
  | 'redirects'
  | 'too-large'
  | 'broken';

export class NotFetched extends Error {
  override name = 'NotFetched';
  readonly reason: Reason;

  constructor(reason: Reason, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }

  static byConnection(host: string, error: NodeJS.ErrnoException): NotFetched {
    const code = error.code ?? error.name;
    const cause = { cause: error };
    if (code === 'ENOTFOUND' || code === 'ENODATA')
      return new NotFetched('host', `is on ${host}, which is no host`, cause);
    if (code === 'ABORT_ERR')
      return new NotFetched('timeout', `is on ${host}, which did not answer in time`, cause);
    if (NO_NETWORK.has(code) || isNameServerAway(error))
      return new NotFetched('network', `is out of reach: there is no network (${code})`, cause);
    return new NotFetched('host', `is on ${host}, which cannot be reached (${code})`, cause);
  }
}

/** From the name server (c-ares has names of its own) and from the routing table. */
const NO_NETWORK = new Set(['ETIMEOUT', 'EREFUSED', 'ENETUNREACH', 'ENETDOWN']);

const isNameServerAway = ({ code, syscall }: NodeJS.ErrnoException): boolean =>
  code === 'ECONNREFUSED' && syscall?.startsWith('query') === true;
