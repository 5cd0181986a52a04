/**
 * The named failures of the domain. They carry no status codes: `http/` and `cli/` translate them in one
 * place each. A message says what was expected, what was found, where, and what to do about it.
 */

/** Somebody asked for something that the rules do not allow, or that is not there. Command line: exit 1. HTTP: 4xx. */
export class Refused extends Error {
  override name = 'Refused';
  /** A stable word for machines, e.g. `unknown-newsletter`, `issue-not-draft`, `empty-audience`. */
  readonly code: string;
  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The command or its options were not understood. Command line: exit 2. */
export class Usage extends Error {
  override name = 'Usage';
}

/** One or more settings are missing or wrong; `faults` holds one line per fault, each naming its variable. */
export class BadSettings extends Error {
  override name = 'BadSettings';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(
      `${faults.length === 1 ? 'a setting is' : `${faults.length} settings are`} wrong:\n${faults.map((f) => `  ${f}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** A part that we need (database, queue, relay) cannot be reached right now; trying again later may help. HTTP: 503. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

/** The relay cannot be reached, or ended the connection before it could be used. Waiting helps. */
export class RelayDown extends Error {
  override name = 'RelayDown';
  /** What the relay said, if anything. */
  readonly reply: { code: number; enhanced: string | null; text: string } | null;
  /** `connect`: at the greeting, EHLO or STARTTLS; `login`: at our login. */
  readonly stage: 'connect' | 'login';
  constructor(
    message: string,
    { cause, reply, stage }: { cause?: unknown; reply?: RelayDown['reply']; stage?: RelayDown['stage'] } = {},
  ) {
    super(message, { cause });
    this.reply = reply ?? null;
    this.stage = stage ?? 'connect';
  }
}

/** The relay refuses our user and password, or the encryption that we require. Only a person can fix that. */
export class RelayRefusesLogin extends Error {
  override name = 'RelayRefusesLogin';
}
