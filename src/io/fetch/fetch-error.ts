/** Why something could not be fetched, in words that complete "the picture ..." and "the link ...". */

export type FetchErrorReason =
  /** The URL itself. */
  | 'address'
  /** Not on the public internet, or on a port that is not allowed. */
  | 'closed'
  /** There is no such host, or it accepts no connections. */
  | 'host'
  /** We have no network or no name server, so nothing else can be fetched either. */
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
      return new FetchError('host', `is on ${host}, which does not exist`, cause);
    if (code === 'ABORT_ERR')
      return new FetchError('timeout', `is on ${host}, which did not answer in time`, cause);
    if (NO_NETWORK.has(code) || isNameServerAway(error))
      return new FetchError('network', `is out of reach: there is no network (${code})`, cause);
    return new FetchError('host', `is on ${host}, which cannot be reached (${code})`, cause);
  }
}

/** Codes of the resolver (c-ares has its own) and of the routing table. */
const NO_NETWORK = new Set(['ETIMEOUT', 'EREFUSED', 'ENETUNREACH', 'ENETDOWN']);

const isNameServerAway = ({ code, syscall }: NodeJS.ErrnoException): boolean =>
  code === 'ECONNREFUSED' && syscall?.startsWith('query') === true;
