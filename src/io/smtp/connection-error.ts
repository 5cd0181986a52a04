/** Why a connection to a relay could not be opened: will waiting help, or does a person have to act? */
import { RelayDown, RelayRefusesLogin } from '../../errors.ts';
import type { RelaySettings } from '../../ports.ts';
import { NoToken } from './login.ts';
import { HANDSHAKE_ERROR, LoginRefused } from './open-connection.ts';
import { parseReply } from './replies.ts';

interface Failure {
  code?: string;
  /** Node's own code; `code` is nodemailer's. */
  originalCode?: string;
  responseCode?: number;
  response?: string;
  command?: string;
  message: string;
}

/** Node's codes for a certificate that we do not accept. Waiting helps with none of them. */
const CERTIFICATE = /CERT|^UNABLE_TO_VERIFY_LEAF_SIGNATURE$|^HOSTNAME_MISMATCH$/;

/** Words in the reply of a relay that does not accept our HELO name. */
const HELO_WORDS =
  /\b(helo|ehlo|fqdn|hostname|host ?name|domain ?name|fully[- ]qualified)\b|\bdomain\b|\bname\b/i;

export function connectionError(error: unknown, settings: RelaySettings): Error {
  const failure = error as Failure;
  const { message } = failure;
  const where = `relay ${settings.name} (${settings.host}:${settings.port})`;
  if (error instanceof LoginRefused)
    return new RelayRefusesLogin(`${where} refuses the login: ${message}`, { cause: error });
  if (error instanceof NoToken)
    return new RelayDown(`cannot log in to ${where}: ${message}`, { cause: error, stage: 'login' });
  if (lacksTls(failure, settings))
    return new RelayRefusesLogin(`${where} does not offer the TLS that is required: ${message}`, {
      cause: error,
    });
  if (refusesHeloName(failure))
    return new RelayRefusesLogin(`${where} refuses our EHLO name (set helo= in SMTP_URL): ${message}`, {
      cause: error,
    });
  return new RelayDown(`${where} cannot be reached: ${message}`, {
    cause: error,
    reply: failure.response ? parseReply(failure.response) : null,
    stage: failure.code === 'EAUTH' ? 'login' : 'connect',
  });
}

function lacksTls({ code, originalCode, responseCode, command }: Failure, { tls }: RelaySettings): boolean {
  const permanent = responseCode !== undefined && responseCode >= 500;
  const cannotTls =
    code === 'ETLS' &&
    (permanent || (responseCode === undefined && HANDSHAKE_ERROR.test(originalCode ?? '')));
  // Without EHLO there is no STARTTLS.
  const knowsOnlyHelo = command === 'EHLO' && (responseCode === 500 || responseCode === 502);
  return ((cannotTls || knowsOnlyHelo) && tls === 'required') || CERTIFICATE.test(originalCode ?? '');
}

const refusesHeloName = ({ command, responseCode = 0, response = '' }: Failure): boolean =>
  (command === 'EHLO' || command === 'HELO') && responseCode >= 500 && HELO_WORDS.test(response);
