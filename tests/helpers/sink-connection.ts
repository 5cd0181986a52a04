/** The sink's end of one connection: writes answers as told, in plaintext or within TLS. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';
import { type Behaviour, octetsOf } from './sink-behaviour.ts';

export class SinkLine {
  readonly peer: number;
  readonly #socket: Socket;
  readonly #read: (chunk: Buffer) => void;
  /** What is written to and read from: the socket itself, or TLS over it. */
  #talk: Socket;
  #idle: NodeJS.Timeout | undefined;
  /** Nothing more is read: closed, cut, or given up. */
  over = false;
  /** True while an answer is late or never comes: later commands wait. */
  held = false;
  secure = false;

  constructor(socket: Socket, read: (chunk: Buffer) => void) {
    this.#socket = socket;
    this.#talk = socket;
    this.peer = socket.remotePort ?? 0;
    this.#read = read;
    socket.on('error', () => {});
    socket.on('close', () => {
      this.over = true;
      clearTimeout(this.#idle);
    });
    this.#listen();
  }

  #listen(): void {
    this.#talk.on('data', (chunk: Buffer) => {
      clearTimeout(this.#idle);
      if (!this.over) this.#read(chunk);
    });
  }

  /** TLS from here on; what the client wrote before is not part of it (RFC 3207 4.2). */
  startTls(certificate: Certificate): void {
    this.#socket.removeAllListeners('data');
    const talk = new TLSSocket(this.#socket, { isServer: true, ...certificate });
    talk.on('error', () => {});
    this.#talk = talk;
    this.secure = true;
    this.#listen();
  }

  /** `onGone`: the client left while a late answer was on its way. `after`: work can go on. */
  answer(behaviour: Behaviour, usual: string, after: () => void, onGone?: () => void): void {
    if (behaviour.drop) this.cut();
    else if (behaviour.hang) this.held = true;
    else if (behaviour.lateMs || behaviour.when) this.#answerLate(behaviour, usual, after, onGone);
    else this.#write(behaviour, usual);
  }

  #answerLate(behaviour: Behaviour, usual: string, after: () => void, onGone?: () => void): void {
    this.held = true;
    let left = false;
    const gone = () => {
      left = true;
      clearTimeout(timer);
      onGone?.();
    };
    const answer = () => {
      if (left) return;
      this.#socket.off('close', gone);
      this.held = false;
      this.#write(behaviour, usual);
      after();
    };
    const timer = setTimeout(
      () => (behaviour.when ? behaviour.when.then(answer) : answer()),
      behaviour.lateMs,
    );
    this.#socket.once('close', gone);
  }

  #write(behaviour: Behaviour, usual: string): void {
    if (this.over || !this.#talk.writable) return;
    (behaviour.inTheClear ? this.#socket : this.#talk).write(octetsOf(behaviour, usual));
    const { idle } = behaviour;
    if (behaviour.close) this.end(behaviour.inTheClear);
    else if (idle)
      this.#idle = setTimeout(() => this.#write({ reply: idle.reply, close: true }, ''), idle.ms);
    behaviour.onAnswered?.();
  }

  end(inTheClear = false): void {
    this.over = true;
    (inTheClear ? this.#socket : this.#talk).end();
  }

  /** As a machine that goes away: with a reset, also in the middle of TLS. */
  cut(): void {
    this.over = true;
    this.#socket.resetAndDestroy();
  }
}
