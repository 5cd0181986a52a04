/** Why something could not be fetched, in words that complete "the picture ..." and "the link ...". */

export type FetchErrorReason =
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

export class FetchError extends Error {
  override name = 'FetchError';
  readonly reason: FetchErrorReason;

  constructor(reason: FetchErrorReason, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }

  static fromConnection(host: string, error: NodeJS.ErrnoException): FetchError {
    const code = error.code ?? error.name;
    const cause = { cause: error };
    if (code === 'ENOTFOUND' || code === 'ENODATA')
      return new FetchError('host', `is on ${host}, which is no host`, cause);
    if (code === 'ABORT_ERR')
      return new FetchError('timeout', `is on ${host}, which did not answer in time`, cause);
    if (NO_NETWORK.has(code) || isNameServerAway(error))
      return new FetchError('network', `is out of policy: there is no network (${code})`, cause);
    return new FetchError('host', `is on ${host}, which cannot be reached (${code})`, cause);
  }
}

/** From the name server (c-ares has names of its own) and from the routing table. */
const NO_NETWORK = new Set(['ETIMEOUT', 'EREFUSED', 'ENETUNREACH', 'ENETDOWN']);

const isNameServerAway = ({ code, syscall }: NodeJS.ErrnoException): boolean =>
  code === 'ECONNREFUSED' && syscall?.startsWith('query') === true;
