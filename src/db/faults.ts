/** The ways in which PostgreSQL, or the way to it, fails: which of them pass by themselves, and what to do about the others. */

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** SQLSTATE: connection exceptions, too many connections, shutting down or starting up, cannot write now. */
const SQL_AWAY = /^(?:08...|53300|57P0[1-5]|25006)$/;
/** What `pg` says without a code. */
const PG_AWAY =
  /connection terminated|connection timeout|timeout exceeded when trying to connect|pool after calling end|client has encountered a connection error|not queryable/i;

/** True for the ways in which PostgreSQL or the way to it fails for a while. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && (NETWORK.has(code) || SQL_AWAY.test(code))) return true;
  return typeof message === 'string' && PG_AWAY.test(message);
}

/** What only a person can change, by SQLSTATE (PostgreSQL's appendix A). */
const FOR_A_PERSON: readonly [code: RegExp, what: string, then: string][] = [
  [/^28/, 'the database refuses the login', 'check user and password in DATABASE_URL, and pg_hba.conf'],
  [
    /^3D000$/,
    'the server has no such database',
    'create it (createdb NAME), or check the name in DATABASE_URL',
  ],
  [/^42501$/, 'the database user may not do that', 'let the user of DATABASE_URL own the database'],
  [/^53100$/, 'the disk of the database is full', 'make room there; nothing is lost meanwhile'],
  [/^25006$/, 'the database can only be read (a standby?)', 'lead DATABASE_URL to the primary'],
  [/^53300$/, 'the database takes no more connections', 'raise max_connections, or run fewer processes'],
];

/** The same for what comes without an SQLSTATE: by the codes of TLS, and by words. */
const BY_WORDS: readonly [words: RegExp, what: string, then: string][] = [
  [/SASL|SCRAM/, 'the database asks for a password', 'check user and password in DATABASE_URL'],
  [
    /does not support SSL/,
    'the database speaks no TLS',
    'leave sslmode out of DATABASE_URL, or turn TLS on at the server',
  ],
  [
    /self.signed certificate|unable to verify the first certificate|certificate has expired/,
    'the certificate of the database or of Redis cannot be trusted',
    'name its CA in NODE_EXTRA_CA_CERTS, or renew it',
  ],
  [
    /WRONGPASS|NOAUTH|invalid username-password/,
    'Redis refuses the login',
    'check user and password in REDIS_URL',
  ],
];

/** True for a refused login: waiting for the database does not help, so a start says so and ends. */
export function isLoginRefused(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: string };
  return (typeof code === 'string' && code.startsWith('28')) || /^SASL/.test(message ?? '');
}

/** A sentence for a person with what to do; null for what is no failure of the database. */
export function explainDatabase(error: unknown): string | null {
  const { code, message } = error as { code?: unknown; message?: string };
  const known = FOR_A_PERSON.find(([pattern]) => typeof code === 'string' && pattern.test(code));
  if (known) return `${known[1]} (${message}): ${known[2]}`;
  const worded = BY_WORDS.find(([pattern]) => pattern.test(message ?? ''));
  if (worded) return `${worded[1]} (${message}): ${worded[2]}`;
  if (!isDatabaseAway(error)) return null;
  return `the database or the queue cannot be reached (${said(error)}); check DATABASE_URL and REDIS_URL, and that both are running`;
}

/** Node gives one error for several addresses tried (`localhost` by IPv6 and IPv4), with no message of its own. */
function said(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (error instanceof AggregateError) return error.errors.map(said).join(', ');
  return message || code || 'no reason given';
}
