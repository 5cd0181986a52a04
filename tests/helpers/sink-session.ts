/** One SMTP session of the sink: commands in, replies out, one message at a time. */
import type { Socket } from 'node:net';
import type { Sink } from './sink.ts';
import { type Behaviour, codeOf, type Stage } from './sink-behaviour.ts';
import { SinkLine } from './sink-connection.ts';
import { MessageReader } from './sink-message.ts';

const EXTENSIONS = ['PIPELINING', 'SIZE 52428800', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES'];

export class SinkSession {
  readonly #sink: Sink;
  readonly #line: SinkLine;
  readonly #connection: number;
  #from: string | null = null;
  #to: string | null = null;
  #attempt = 0;
  #nth = 0;
  #input: Buffer = Buffer.alloc(0);
  #message: MessageReader | null = null;
  /** Lines of an AUTH LOGIN still to come. */
  #login: string[] | null = null;

  constructor(sink: Sink, socket: Socket, connection: number) {
    this.#sink = sink;
    this.#connection = connection;
    this.#line = new SinkLine(socket, (chunk) => {
      this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
      this.#work();
    });
  }

  greet(): void {
    const { tls } = this.#sink.options;
    if (tls?.implicit) this.#line.startTls(tls);
    this.#answer('connect', '220 sink ESMTP');
    this.#work();
  }

  /** Works through the input until it is used up or an answer is held back. Commands may be glued behind a dot. */
  #work(): void {
    while (!this.#line.held && !this.#line.over && this.#input.length > 0) {
      if (this.#message) {
        if (!this.#takeBody(this.#message)) return;
      } else {
        const end = this.#input.indexOf('\r\n');
        if (end < 0) return;
        const line = this.#input.toString('utf8', 0, end);
        this.#input = this.#input.subarray(end + 2);
        this.#command(line);
      }
    }
  }

  #command(line: string): void {
    if (this.#login) this.#takeLogin(this.#login, line);
    else this.#verb(line.slice(0, 4).toUpperCase(), line);
  }

  #verb(verb: string, line: string): void {
    if (verb === 'EHLO' || verb === 'HELO') this.#hello();
    else if (verb === 'STAR' && this.#offersTls) this.#startTls();
    else if (verb === 'AUTH') this.#auth(line);
    else if (verb === 'MAIL') this.#mail(line);
    else if (verb === 'RCPT') this.#rcpt(line);
    else if (verb === 'DATA') this.#data();
    else if (verb === 'RSET') this.#rset();
    else if (verb === 'NOOP') this.#say('250 2.0.0 ok');
    else if (verb === 'QUIT')
      this.#line.answer({ ...this.#behaviour('quit'), close: true }, '221 2.0.0 bye', () => {});
    else this.#say('500 5.5.1 unknown command');
  }

  get #offersTls(): boolean {
    const { tls } = this.#sink.options;
    return tls !== undefined && !tls.implicit && !this.#line.secure;
  }

  #hello(): void {
    const behaviour = this.#behaviour('ehlo');
    const offered = [
      ...(behaviour.extensions ?? this.#sink.options.extensions ?? EXTENSIONS),
      ...(this.#offersTls ? ['STARTTLS'] : []),
      ...(this.#sink.options.login ? ['AUTH PLAIN LOGIN'] : []),
    ];
    const lines = ['sink', ...offered].map((text, i) => `250${i === offered.length ? ' ' : '-'}${text}`);
    this.#perform(behaviour, lines.join('\r\n'));
  }

  #startTls(): void {
    const { tls } = this.#sink.options;
    // What the client says next is no SMTP but the start of TLS.
    if (this.#answer('tls', '220 2.0.0 go on') && tls) this.#line.startTls(tls);
  }

  #auth(line: string): void {
    const [, method = '', first = ''] = line.split(' ');
    if (method.toUpperCase() === 'PLAIN' && first) {
      const [, user = '', pass = ''] = Buffer.from(first, 'base64').toString().split('\0');
      this.#judgeLogin(user, pass);
    } else {
      this.#login = [];
      this.#say('334 VXNlcm5hbWU6');
    }
  }

  #takeLogin(lines: string[], line: string): void {
    lines.push(Buffer.from(line, 'base64').toString());
    if (lines.length === 1) {
      this.#say('334 UGFzc3dvcmQ6');
    } else {
      this.#login = null;
      this.#judgeLogin(lines[0] ?? '', lines[1] ?? '');
    }
  }

  #judgeLogin(user: string, pass: string): void {
    const wanted = this.#sink.options.login;
    const right = wanted?.user === user && wanted.pass === pass;
    this.#answer('login', right ? '235 2.7.0 welcome' : '535 5.7.8 bad username or password');
  }

  #mail(line: string): void {
    this.#reset();
    this.#nth += 1;
    this.#from = between(line);
    if (!this.#answer('mail', '250 2.1.0 ok')) this.#from = null;
  }

  #rcpt(line: string): void {
    if (this.#from === null) {
      this.#say('503 5.5.1 MAIL first');
    } else {
      this.#to = between(line);
      this.#attempt = this.#sink.noteTry(this.#to);
      if (!this.#answer('rcpt', '250 2.1.5 ok')) this.#to = null;
    }
  }

  #data(): void {
    if (this.#to === null) this.#answer('spare-data', '503 5.5.1 RCPT first');
    else if (this.#answer('data', '354 go on'))
      this.#message = new MessageReader(this.#sink.options.keepSource);
  }

  #rset(): void {
    this.#reset();
    this.#answer('rset', '250 2.0.0 ok');
  }

  #reset(): void {
    this.#from = null;
    this.#to = null;
    this.#attempt = 0;
  }

  /** False when the message is not complete yet, or was cut. */
  #takeBody(message: MessageReader): boolean {
    if (message.size === 0 && this.#cutsBody()) return false;
    const used = message.take(this.#input);
    this.#input = this.#input.subarray(used);
    if (!message.complete) return false;
    this.#message = null;
    this.#dot(message);
    return true;
  }

  /** In the middle of a body nothing is said that does not end it. */
  #cutsBody(): boolean {
    const behaviour = this.#behaviour('body');
    const cuts = behaviour.drop || behaviour.hang || behaviour.close;
    if (!cuts) return false;
    if (codeOf(behaviour, '') === null) this.#sink.cutBodies += 1;
    this.#perform(behaviour, '421 4.3.2 closing');
    return true;
  }

  #dot(message: MessageReader): void {
    const behaviour = this.#behaviour('dot');
    const usual = '250 2.0.0 queued';
    const code = codeOf(behaviour, usual);
    if (code === null ? behaviour.keep : code < 300) this.#keep(message);
    if (code === null) this.#sink.unanswered += 1;
    this.#perform(behaviour, usual, () => {
      if (code === null) return;
      this.#sink.unanswered += 1;
      this.#sink.left += 1;
    });
    this.#reset();
  }

  #keep(message: MessageReader): void {
    this.#sink.record({
      from: this.#from ?? '',
      to: this.#to ?? '',
      messageId: message.header('message-id'),
      postriderId: message.header('x-postrider-id'),
      at: Date.now(),
      connection: this.#connection,
      size: message.size,
      ...(message.source && { source: message.source }),
    });
  }

  #behaviour(stage: Stage): Behaviour {
    const step = {
      stage,
      connection: this.#connection,
      peer: this.#line.peer,
      nth: this.#nth,
      from: this.#from,
      to: this.#to,
      attempt: this.#attempt,
    };
    return this.#sink.behave(step) ?? {};
  }

  /** Answers as told for this stage. True when the conversation goes on as usual. */
  #answer(stage: Stage, usual: string): boolean {
    const behaviour = this.#behaviour(stage);
    this.#perform(behaviour, usual);
    const code = codeOf(behaviour, usual);
    return code !== null && code < 400;
  }

  #say(reply: string): void {
    this.#perform({}, reply);
  }

  #perform(behaviour: Behaviour, usual: string, onGone?: () => void): void {
    this.#line.answer(behaviour, usual, () => this.#work(), onGone);
  }
}

/** The address of `MAIL FROM:<address> ...` or `RCPT TO:<address>`. */
function between(line: string): string {
  return line.slice(line.indexOf('<') + 1, line.indexOf('>'));
}
