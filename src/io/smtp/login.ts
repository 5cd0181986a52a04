/**
 * Logging in (RFC 4954): one mechanism after the other, as long as the relay refuses them. Which one it took is
 * remembered, so that only the first connection asks in vain.
 */
import { readFile } from 'node:fs/promises';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { AuthMechanism, RelaySettings } from '../../ports.ts';

type Handler = SMTPConnection.CustomAuthenticationHandlers[string];

/** By strength of habit: relays that offer several mean the first for everybody. */
const USUAL: readonly AuthMechanism[] = ['PLAIN', 'LOGIN', 'CRAM-MD5'];
const MAX_TOKEN_BYTES = 16 * 1024;

/** What was found out about a relay's logins in this process. */
export class LoginMechanisms {
  #settings: RelaySettings;
  #taken: AuthMechanism | null = null;

  constructor(settings: RelaySettings) {
    this.#settings = settings;
  }

  /** In the order to try them in. Where nothing is offered (a relay that knows only HELO) PLAIN is asked for. */
  order(offered: readonly string[]): AuthMechanism[] {
    const { auth } = this.#settings;
    if (auth) return [auth.mechanism];
    const usual = USUAL.filter((mechanism) => offered.includes(mechanism));
    const order = usual.length > 0 ? usual : [USUAL[0]!];
    return order.sort((one, other) => Number(other === this.#taken) - Number(one === this.#taken));
  }

  accepted(mechanism: AuthMechanism): void {
    this.#taken = mechanism;
  }
}

/**
 * The name under which nodemailer knows `tokenLogin`. Not XOAUTH2: in place of a handler of that name it takes PLAIN
 * where the relay offers that too.
 */
export const TOKEN_LOGIN = 'POSTRIDER-TOKEN';

/** Rejects with nodemailer's error, whose `responseCode` says what the relay answered. */
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

/** The token file cannot be used now; whoever renews it may be writing it. */
export class NoToken extends Error {
  override name = 'NoToken';
}

/**
 * XOAUTH2 as Google and Microsoft document it, with a token that something else keeps fresh in a file. Read anew at
 * each login; when the relay refuses a token that has been renewed meanwhile, the new one is tried.
 */
export function tokenLogin(tokenFile: string): Handler {
  return async ({ auth, sendCommand }) => {
    let token = await readToken(tokenFile);
    for (;;) {
      const command = `AUTH XOAUTH2 ${initialResponse(auth.user ?? '', token)}`;
      let code = codeOf(await sendCommand(command));
      // The relay says why in a challenge of its own, and refuses when that was answered.
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
