/**
 * Opens connections to one relay, as far as it lets us. If a connection cannot be opened while others work, it is one
 * too many; if there are no others, the relay is down. A relay that ends fresh connections before it answers about a
 * recipient is treated like one that does not let us in, and is left alone for longer each time.
 */
import { RelayDown, RelayRefusesLogin } from '../../errors.ts';
import type { Clock, Log, Relay, SmtpConnection } from '../../ports.ts';
import { AllowedConnections } from './allowed-connections.ts';
import type { ConnectionLimit, ConnectionSlot } from './connection-limit.ts';
import type { RelayHealth } from './health.ts';

/** How soon to ask again for a connection slot that another worker still holds. */
const SLOT_WAIT_MS = 500;
/** How often to check the backoff: it may last an hour, or a person may end it. */
const BACKOFF_LOOK_MS = 500;

const FIRST_UNUSED_WAIT_MS = 500;
const MAX_UNUSED_WAIT_MS = 60_000;

export interface OpenedConnection {
  smtp: SmtpConnection;
  slot: ConnectionSlot;
  /** Sends QUIT, and gives the slot back. */
  close(): Promise<void>;
}

export class ConnectionOpener {
  #relay: Relay;
  #clock: Clock;
  #log: Log;
  #health: RelayHealth;
  #limit: ConnectionLimit;
  #onDown: (error: Error) => void;
  #allowed: AllowedConnections;
  #open = 0;
  /** Fresh connections in a row that the relay ended before it answered about a recipient. */
  #unused = 0;
  /** Monotonic. Set when the relay ended a fresh connection while no other worked. */
  #leftAloneUntil = 0;

  constructor(
    relay: Relay,
    parts: {
      clock: Clock;
      log: Log;
      health: RelayHealth;
      limit: ConnectionLimit;
      /** The relay cannot be used: it is down, or refuses our login. */
      onDown(error: Error): void;
    },
  ) {
    this.#relay = relay;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#health = parts.health;
    this.#limit = parts.limit;
    this.#onDown = (error) => parts.onDown(error);
    this.#allowed = new AllowedConnections(parts.clock);
  }

  /** The most connections to have now, including those being opened. After a backoff one connection tries first. */
  get maxConnections(): number {
    if (this.#health.asksWithOneConnection) return 1;
    return Math.max(1, Math.min(this.#relay.settings.pool, this.#limit.share, this.#allowed.max));
  }

  /** More connections than the relay lets in, as far as we know. */
  isTooMany(connections: number): boolean {
    return connections > this.#allowed.max;
  }

  /** A limit was found, so connections that were refused should be tried again. */
  get isLimited(): boolean {
    return this.#allowed.limited;
  }

  /** Null when the relay is down or has no slot for us; then it resolves when another try is worthwhile. */
  async open(closing: AbortSignal): Promise<OpenedConnection | null> {
    const waitMs = Math.max(this.#health.waitMs, this.#leftAloneUntil - this.#clock.monotonic());
    const slot = waitMs > 0 ? null : await this.#claimSlot();
    if (slot) return this.#openIn(slot);
    const maxWaitMs = this.#health.backoff ? BACKOFF_LOOK_MS : waitMs;
    await this.#clock.sleep(waitMs > 0 ? Math.min(waitMs, maxWaitMs) : SLOT_WAIT_MS, closing);
    return null;
  }

  async #openIn(slot: ConnectionSlot): Promise<OpenedConnection | null> {
    try {
      this.#health.opening();
      const smtp = await this.#relay.open();
      this.#health.opened();
      this.#open += 1;
      this.#allowed.opened(this.#open);
      return { smtp, slot, close: () => this.#close(smtp, slot) };
    } catch (error) {
      slot.release();
      this.#notLetIn(error as Error, this.#open);
      return null;
    }
  }

  async #close(smtp: SmtpConnection, slot: ConnectionSlot): Promise<void> {
    await smtp.close();
    this.#open -= 1;
    this.#health.closed();
    slot.release();
  }

  /** If the database does not answer there is no slot. */
  #claimSlot(): Promise<ConnectionSlot | null> {
    return this.#limit.claim().catch((error: Error) => {
      this.#log.warn({ error: error.message }, 'could not claim a connection to the relay; trying again');
      return null;
    });
  }

  /** `working`: other connections that are open. */
  #notLetIn(error: Error, working: number): void {
    if (working === 0 || error instanceof RelayRefusesLogin) this.#onDown(error);
    else if (this.#allowed.refused(working))
      this.#log.warn(
        { error: error.message, connections: working },
        'the relay refuses a further connection; continuing with those that work',
      );
  }

  /** A connection got as far as an answer about a message. */
  used(): void {
    this.#unused = 0;
  }

  /** The relay ended a fresh connection before it was used: the same as not being let in, only noticed later. */
  endedUnused(why: string): void {
    this.#unused += 1;
    const others = this.#open - 1;
    const waitMs = Math.min(FIRST_UNUSED_WAIT_MS * 2 ** (this.#unused - 1), MAX_UNUSED_WAIT_MS);
    if (others === 0) this.#leftAloneUntil = this.#clock.monotonic() + waitMs;
    this.#notLetIn(new RelayDown(`relay ${this.#relay.settings.name} ends connections: ${why}`), others);
  }
}
