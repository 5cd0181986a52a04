/** One connection of a recorded server: lines in, replies out, in order, also where they come in one write. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { Certificate } from '../../helpers/certificate.ts';
import type { Habits } from './recorded.ts';

const SLOW_MS = 1_000;
const END = '\r\n.\r\n';

export class Conversation {
  readonly #habits: Habits;
  readonly #keep: (to: string) => void;
  #socket: Socket;
  #certificate: Certificate | null;
  #input = '';
  #busy = false;
  #over = false;
  /** In the middle of a message. */
  #body = false;
  #from = false;
  #to: string | null = null;
  #ehlos = 0;
  #messages = 0;
  #errors = 0;
  #idleResets = 0;
  #fresh = true;

  constructor(socket: Socket, habits: Habits, certificate: Certificate | null, keep: (to: string) => void) {
    this.#habits = habits;
    this.#certificate = certificate;
    this.#keep = keep;
    this.#socket = socket;
    this.#listen();
    this.#say('220 relay.example.net ESMTP');
  }

  #listen(): void {
    this.#socket.on('error', () => {});
    this.#socket.on('data', (chunk: Buffer) => {
      this.#input += chunk.toString('latin1');
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    while (!this.#over && (this.#body ? this.#takeBody() : await this.#takeLine()));
    this.#busy = false;
  }

  /** False where there is no whole one yet. */
  async #takeLine(): Promise<boolean> {
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#input.slice(0, end);
    this.#input = this.#input.slice(end + 2);
    const { errors } = this.#habits;
    const before = this.#errors;
    this.#command(line.slice(0, 4).toUpperCase(), line);
    if (errors && this.#errors > before && this.#errors >= errors.most) this.#end(errors.reply);
    if (errors?.slowFrom !== undefined && this.#errors > errors.slowFrom) await sleep(SLOW_MS);
    return true;
  }

  #takeBody(): boolean {
    const end = this.#input.startsWith('.\r\n') ? -2 : this.#input.indexOf(END);
    if (end === -1) return false;
    this.#input = this.#input.slice(end + END.length);
    this.#body = false;
    this.#messages += 1;
    this.#fresh = true;
    if (this.#habits.errors?.forgiven) this.#errors = 0;
    this.#keep(this.#to ?? '');
    this.#reset();
    this.#say('250 2.0.0 Ok: queued');
    return true;
  }

  #command(verb: string, line: string): void {
    if (verb === 'EHLO') this.#ehlo();
    else if (verb === 'STAR') this.#startTls();
    else if (verb === 'MAIL') this.#mail();
    else if (verb === 'RCPT') this.#rcpt(line.slice(line.indexOf('<') + 1, line.indexOf('>')));
    else if (verb === 'DATA') this.#data();
    else if (verb === 'RSET') this.#idleReset();
    else if (verb === 'QUIT') this.#end('221 2.0.0 Bye');
    else this.#say('250 2.0.0 Ok');
  }

  #ehlo(): void {
    this.#ehlos += 1;
    if (this.#habits.oneEhlo && this.#ehlos > 1) {
      this.#say('503 5.5.1 Already identified');
      return;
    }
    const offers = [...this.#habits.offers, ...(this.#certificate ? ['STARTTLS'] : [])];
    const lines = ['relay.example.net', ...offers];
    this.#say(lines.map((text, at) => `250${at === lines.length - 1 ? ' ' : '-'}${text}`).join('\r\n'));
  }

  #startTls(): void {
    if (!this.#certificate) {
      this.#refuse('502 5.5.1 not offered');
      return;
    }
    this.#say('220 2.0.0 Ready to start TLS');
    const { key, cert } = this.#certificate;
    this.#socket.removeAllListeners('data');
    this.#socket = new TLSSocket(this.#socket, { isServer: true, key, cert });
    this.#certificate = null;
    this.#ehlos = 0;
    this.#listen();
  }

  #mail(): void {
    const { messages } = this.#habits;
    if (messages && this.#messages >= messages.most) {
      this.#say(messages.reply);
      return;
    }
    this.#reset();
    this.#from = true;
    this.#say('250 2.1.0 Ok');
  }

  #rcpt(address: string): void {
    if (!this.#from) {
      this.#refuse('503 5.5.1 need MAIL');
      return;
    }
    if (!/^reader\d+@/.test(address)) {
      this.#refuse(this.#habits.unknown);
      return;
    }
    this.#to = address;
    this.#say('250 2.1.5 Ok');
  }

  #data(): void {
    if (this.#to === null) {
      this.#refuse('503 5.5.1 no valid recipients');
      return;
    }
    this.#body = true;
    this.#say('354 go on');
  }

  #idleReset(): void {
    const { idleResets } = this.#habits;
    if (!this.#fresh) this.#idleResets += 1;
    this.#fresh = false;
    if (idleResets !== undefined && this.#idleResets > idleResets) {
      this.#end('554 Too many nonmail commands');
      return;
    }
    this.#reset();
    this.#say('250 2.0.0 Ok');
  }

  #reset(): void {
    this.#from = false;
    this.#to = null;
  }

  #refuse(reply: string): void {
    this.#errors += 1;
    this.#say(reply);
  }

  #end(reply: string): void {
    this.#over = true;
    this.#socket.end(`${reply}\r\n`);
  }

  #say(reply: string): void {
    if (!this.#over) this.#socket.write(`${reply}\r\n`);
  }
}
