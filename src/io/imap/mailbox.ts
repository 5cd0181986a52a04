/**
 * A mailbox over IMAP. What was read is deleted, or moved if a folder is named; what is no report stays where it is and
 * gets a keyword, since people may write to that address, too.
 */
import { ImapFlow } from 'imapflow';
import type { Mailbox, MailVerdict } from '../../ports.ts';

interface MailboxSettings {
  host: string;
  port: number;
  secure: boolean;
  user: string;
  pass: string;
  folder: string;
  /** Where mails that were read are moved; null: they are deleted. */
  doneFolder: string | null;
}

type Handle = (source: Uint8Array) => Promise<MailVerdict>;

const MAX_MAIL_BYTES = 1024 * 1024;
const READ_KEYWORD = 'PostriderRead';
const ASIDE_FOLDER = 'Postrider-failed';
/** Looks again even if the server announced nothing: some forget to. */
const LOOK_MS = 5 * 60_000;

/** `imaps://user:password@host:993/folder?done=Read`. */
export function readMailboxUrl(text: string): MailboxSettings {
  const url = new URL(text);
  const secure = url.protocol === 'imaps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port ? Number(url.port) : secure ? 993 : 143,
    secure,
    user: decodeURIComponent(url.username),
    pass: decodeURIComponent(url.password),
    folder: decodeURIComponent(url.pathname.slice(1)) || 'INBOX',
    doneFolder: url.searchParams.get('done'),
  };
}

export function imapMailbox(settings: MailboxSettings): Mailbox {
  return {
    name: `${settings.host}/${settings.folder}`,
    async read(handle, signal) {
      const client = new ImapFlow({
        host: settings.host,
        port: settings.port,
        secure: settings.secure,
        auth: { user: settings.user, pass: settings.pass },
        disableAutoIdle: true,
        maxIdleTime: LOOK_MS,
        logger: false,
      });
      let broken: Error | null = null;
      client.on('error', (error: Error) => {
        broken = error;
      });
      const cut = () => client.close();
      signal.addEventListener('abort', cut, { once: true });
      try {
        await client.connect();
        await readAll(client, settings, handle, signal);
        if (!signal.aborted) throw broken ?? new Error('the mailbox closed the connection');
      } catch (error) {
        if (!signal.aborted) throw explained(error);
      } finally {
        signal.removeEventListener('abort', cut);
        client.close();
      }
    },
  };
}

/** The server's own words say more than "Command failed". */
function explained(error: unknown): Error {
  const { message, responseText } = error as Error & { responseText?: string };
  return new Error(responseText ? `${message}: ${responseText}` : message, { cause: error });
}

async function readAll(
  client: ImapFlow,
  settings: MailboxSettings,
  handle: Handle,
  signal: AbortSignal,
): Promise<void> {
  const { permanentFlags } = await client.mailboxOpen(settings.folder);
  const remembers = permanentFlags?.has('\\*') === true || permanentFlags?.has(READ_KEYWORD) === true;
  const box = new OpenMailbox(client, settings, remembers);
  while (!signal.aborted && client.usable) {
    const arrived = arrival(client);
    for (const uid of await box.unread()) {
      if (signal.aborted || !client.usable) return;
      await box.readOne(uid, handle);
    }
    await arrived.orIdle();
  }
}

/** Set up before the search, so that a mail that arrives during it is not waited for. */
function arrival(client: ImapFlow): { orIdle(): Promise<void> } {
  let came = false;
  let wake = (): void => {};
  const onArrival = (): void => {
    came = true;
    wake();
  };
  client.on('exists', onArrival);
  return {
    async orIdle() {
      if (!came) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        // Ends when the server has news for longer than `maxIdleTime`, when the next command is sent, or with the connection.
        await Promise.race([woken, client.idle()]);
      }
      client.off('exists', onArrival);
    },
  };
}

class OpenMailbox {
  readonly #client: ImapFlow;
  readonly #settings: MailboxSettings;
  /** The server keeps keywords. Otherwise those that stay are remembered here only. */
  readonly #remembers: boolean;
  readonly #kept = new Set<number>();

  constructor(client: ImapFlow, settings: MailboxSettings, remembers: boolean) {
    this.#client = client;
    this.#settings = settings;
    this.#remembers = remembers;
  }

  /** The oldest first. */
  async unread(): Promise<number[]> {
    const query = this.#remembers ? { unKeyword: READ_KEYWORD, deleted: false } : { deleted: false };
    const uids = (await this.#client.search(query, { uid: true })) || [];
    return uids.filter((uid) => !this.#kept.has(uid));
  }

  async readOne(uid: number, handle: Handle): Promise<void> {
    const mail = await this.#client.fetchOne(
      String(uid),
      { source: { start: 0, maxLength: MAX_MAIL_BYTES } },
      { uid: true },
    );
    // Somebody else deleted it meanwhile.
    if (!mail || mail.source === undefined) return;
    await this.#put(uid, await handle(mail.source));
  }

  async #put(uid: number, verdict: MailVerdict): Promise<void> {
    const folder = verdict === 'aside' ? ASIDE_FOLDER : this.#settings.doneFolder;
    if (verdict === 'keep') await this.#keep(uid);
    else if (folder === null) await this.#client.messageDelete(String(uid), { uid: true });
    else await this.#move(uid, folder);
  }

  async #keep(uid: number): Promise<void> {
    this.#kept.add(uid);
    if (this.#remembers) await this.#client.messageFlagsAdd(String(uid), [READ_KEYWORD], { uid: true });
  }

  async #move(uid: number, folder: string): Promise<void> {
    if (await this.#client.messageMove(String(uid), folder, { uid: true }).catch(() => false)) return;
    await this.#client.mailboxCreate(folder).catch(() => {});
    const moved = await this.#client.messageMove(String(uid), folder, { uid: true }).catch(() => false);
    // It must not be read for ever.
    if (!moved) await this.#keep(uid);
  }
}
