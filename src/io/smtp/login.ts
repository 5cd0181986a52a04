/**
 * SMTP AUTH (RFC 4954). Mechanisms are tried one after another until the relay accepts one. That one is remembered, so
 * that only the first connection makes failing attempts.
 */
import { readFile } from 'node:fs/promises';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { AuthMechanism, RelaySettings } from '../../ports.ts';

type Handler = SMTPConnection.CustomAuthenticationHandlers[string];

/** Relays that offer several accept the first of these for everybody. */
const BY_PREFERENCE: readonly AuthMechanism[] = ['PLAIN', 'LOGIN', 'CRAM-MD5'];
const MAX_TOKEN_BYTES = 16 * 1024;

/** Which mechanisms to try with one relay, and which one it accepted last in this process. */
export class LoginMechanisms {
  #settings: RelaySettings;
  #accepted: AuthMechanism | null = null;

  constructor(settings: RelaySettings) {
    this.#settings = settings;
  }

  /** In the order to try. If nothing is offered (the relay knows only HELO), PLAIN is tried. */
  order(offered: readonly string[]): AuthMechanism[] {
    const { auth } = this.#settings;
    if (auth) return [auth.mechanism];
    const known = BY_PREFERENCE.filter((mechanism) => offered.includes(mechanism));
    const order = known.length > 0 ? known : [BY_PREFERENCE[0]!];
    return order.sort((one, other) => Number(other === this.#accepted) - Number(one === this.#accepted));
  }

  accepted(mechanism: AuthMechanism): void {
    this.#accepted = mechanism;
  }
}

/**
 * The name under which nodemailer knows `tokenLogin`. Not XOAUTH2: instead of a custom handler of that name, nodemailer
 * uses PLAIN where the relay offers it.
 */
export const TOKEN_LOGIN = 'POSTRIDER-TOKEN';

/** Rejects with nodemailer's error; its `responseCode` is the relay's. */
export function login(
  connection: SMTPConnection,
  mechanism: AuthMechanism,
  { user, pass, auth }: RelaySettings,
): Promise<void> {
  const method = auth?.tokenFile ? TOKEN_LOGIN : mechanism;
  return new Promise((resolve, reject) => {
    connection.login({ user: user ?? '', pass: pass ?? '', method }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

/** The token file cannot be used right now; the program that renews it may be writing it. */
export class NoToken extends Error {
  override name = 'NoToken';
}

/**
 * XOAUTH2 as Google and Microsoft document it, with a token that another program keeps fresh in a file. The file is read
 * at each login; when the relay refuses a token that has been renewed in the meantime, the new one is tried.
 */
export function tokenLogin(tokenFile: string): Handler {
  return async ({ auth, sendCommand }) => {
    let token = await readToken(tokenFile);
    for (;;) {
      const command = `AUTH XOAUTH2 ${initialResponse(auth.user ?? '', token)}`;
      let code = codeOf(await sendCommand(command));
      // The relay gives its reason in a challenge, and refuses once we have answered that.
      if (code === 334) code = codeOf(await sendCommand(''));
      if (code === 235) return;
      const renewed = await readToken(tokenFile);
      if (code < 500 || renewed === token) throw new Error('the token is refused');
      token = renewed;
    }
  };
}

const codeOf = ({ response }: { response: string }): number => Number(response.slice(0, 3));

const initialResponse = (user: string, token: string): string =>
  Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64');

async function readToken(tokenFile: string): Promise<string> {
  const text = await readFile(tokenFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new NoToken(`the token file ${tokenFile} cannot be read (${error.code})`);
  });
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token) || token.length > MAX_TOKEN_BYTES)
    throw new NoToken(
      `expected one access token in ${tokenFile}, found ${token === '' ? 'nothing' : 'something else'}`,
    );
  return token;
}
