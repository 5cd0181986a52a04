/** Failures of PostgreSQL and of the connection to it: which are temporary, and what to do about the others. */

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
/** SQLSTATE: connection exceptions, too many connections, shutting down or starting up, read-only. */
const SQL_AWAY = /^(?:08...|53300|57P0[1-5]|25006)$/;
/** Messages of `pg` that come without a code. */
const PG_AWAY =
  /connection terminated|connection timeout|timeout exceeded when trying to connect|pool after calling end|client has encountered a connection error|not queryable/i;

/** True when PostgreSQL, or the connection to it, fails temporarily. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && (NETWORK.has(code) || SQL_AWAY.test(code))) return true;
  return typeof message === 'string' && PG_AWAY.test(message);
}

/** Failures that only an operator can fix, by SQLSTATE (PostgreSQL's appendix A). */
const OPERATOR_FAULTS_BY_CODE: readonly [code: RegExp, what: string, then: string][] = [
  [/^28/, 'the database refuses the login', 'check user and password in DATABASE_URL, and pg_hba.conf'],
  [
    /^3D000$/,
    'the server has no such database',
    'create it (createdb NAME), or check the name in DATABASE_URL',
  ],
  [
    /^42501$/,
    'the database user lacks a permission',
    'make the user of DATABASE_URL the owner of the database',
  ],
  [/^53100$/, 'the disk of the database is full', 'free some space there; nothing is lost meanwhile'],
  [/^25006$/, 'the database is read-only (a standby?)', 'point DATABASE_URL to the primary'],
  [/^53300$/, 'the database accepts no more connections', 'raise max_connections, or run fewer processes'],
];

/** The same for failures without an SQLSTATE, by their message. */
const OPERATOR_FAULTS_BY_MESSAGE: readonly [words: RegExp, what: string, then: string][] = [
  [/SASL|SCRAM/, 'the database asks for a password', 'check user and password in DATABASE_URL'],
  [
    /does not support SSL/,
    'the database does not support TLS',
    'remove sslmode from DATABASE_URL, or turn TLS on at the server',
  ],
  [
    /self.signed certificate|unable to verify the first certificate|certificate has expired/,
    'the certificate of the database or of Redis is not trusted',
    'set NODE_EXTRA_CA_CERTS to the file of its CA, or renew the certificate',
  ],
  [
    /WRONGPASS|NOAUTH|invalid username-password/,
    'Redis refuses the login',
    'check user and password in REDIS_URL',
  ],
];

/** True for a refused login: waiting for the database does not help, so a start must fail at once. */
export function isLoginRefused(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: string };
  return (typeof code === 'string' && code.startsWith('28')) || /^SASL/.test(message ?? '');
}

/** A sentence for the operator with what to do; null when the error is not a failure of the database. */
export function explainDatabase(error: unknown): string | null {
  const { code, message } = error as { code?: unknown; message?: string };
  const known = OPERATOR_FAULTS_BY_CODE.find(([pattern]) => typeof code === 'string' && pattern.test(code));
  if (known) return `${known[1]} (${message}): ${known[2]}`;
  const worded = OPERATOR_FAULTS_BY_MESSAGE.find(([pattern]) => pattern.test(message ?? ''));
  if (worded) return `${worded[1]} (${message}): ${worded[2]}`;
  if (!isDatabaseAway(error)) return null;
  return `the database or the queue cannot be reached (${messageOf(error)}); check DATABASE_URL and REDIS_URL, and that both are running`;
}

/** Node reports one error for several addresses (`localhost` by IPv6 and IPv4), without a message of its own. */
function messageOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return message || code || 'no reason given';
}
