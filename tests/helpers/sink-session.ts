/** One SMTP conversation of the sink: commands in, replies out, one message at a time. */
import type { Socket } from 'node:net';
import type { Behaviour, Sink, Stage } from './sink.ts';
import { MessageReader } from './sink-message.ts';

const EXTENSIONS = ['PIPELINING', 'SIZE 52428800', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES'];

export class SinkSession {
  readonly #sink: Sink;
  readonly #socket: Socket;
  readonly #connection: number;
  #from: string | null = null;
  #to: string | null = null;
  #attempt = 0;
  #input: Buffer = Buffer.alloc(0);
  #message: MessageReader | null = null;
  /** Lines of an AUTH LOGIN still to come. */
  #login: string[] | null = null;
  /** True while an answer is late or never comes: later commands wait. */
  #held = false;

  constructor(sink: Sink, socket: Socket, connection: number) {
    this.#sink = sink;
    this.#socket = socket;
    this.#connection = connection;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
      this.#work();
    });
  }

  greet(): void {
    this.#answer('connect', '220 sink ESMTP');
    this.#work();
  }

  /** Works through the input until it is used up or an answer is held back. */
  #work(): void {
    while (!this.#held && !this.#socket.destroyed && this.#input.length > 0) {
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
    else if (verb === 'AUTH') this.#auth(line);
    else if (verb === 'MAIL') this.#mail(line);
    else if (verb === 'RCPT') this.#rcpt(line);
    else if (verb === 'DATA') this.#data();
    else if (verb === 'RSET') this.#reset();
    else if (verb === 'NOOP') this.#write('250 2.0.0 ok');
    else if (verb === 'QUIT') this.#finish('221 2.0.0 bye', true);
    else this.#write('500 5.5.1 unknown command');
  }

  #hello(): void {
    const offered = this.#sink.options.extensions ?? EXTENSIONS;
    const lines = ['sink', ...offered, ...(this.#sink.options.login ? ['AUTH PLAIN LOGIN'] : [])];
    this.#write(lines.map((text, i) => `250${i === lines.length - 1 ? ' ' : '-'}${text}`).join('\r\n'));
  }

  #auth(line: string): void {
    const [, method = '', first = ''] = line.split(' ');
    if (method.toUpperCase() === 'PLAIN' && first) {
      const [, user = '', pass = ''] = Buffer.from(first, 'base64').toString().split('\0');
      this.#judgeLogin(user, pass);
    } else {
      this.#login = [];
      this.#write('334 VXNlcm5hbWU6');
    }
  }

  #takeLogin(lines: string[], line: string): void {
    lines.push(Buffer.from(line, 'base64').toString());
    if (lines.length === 1) {
      this.#write('334 UGFzc3dvcmQ6');
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
    this.#reset(false);
    this.#from = between(line);
    if (!this.#answer('mail', '250 2.1.0 ok')) this.#from = null;
  }

  #rcpt(line: string): void {
    if (this.#from === null) {
      this.#write('503 5.5.1 MAIL first');
    } else {
      this.#to = between(line);
      this.#attempt = this.#sink.noteTry(this.#to);
      if (!this.#answer('rcpt', '250 2.1.5 ok')) this.#to = null;
    }
  }

  #data(): void {
    if (this.#to === null) this.#write('503 5.5.1 RCPT first');
    else if (this.#answer('data', '354 go on'))
      this.#message = new MessageReader(this.#sink.options.keepSource);
  }

  #reset(say = true): void {
    this.#from = null;
    this.#to = null;
    this.#attempt = 0;
    if (say) this.#write('250 2.0.0 ok');
  }

  /** False when the message is not complete yet. */
  #takeBody(message: MessageReader): boolean {
    if (message.size === 0 && this.#behaviour('body').drop) {
      this.#socket.resetAndDestroy();
      return false;
    }
    const used = message.take(this.#input);
    this.#input = this.#input.subarray(used);
    if (!message.complete) return false;
    this.#message = null;
    this.#dot(message);
    return true;
  }

  #dot(message: MessageReader): void {
    const behaviour = this.#behaviour('dot');
    const reply = behaviour.reply ?? '250 2.0.0 queued';
    const answered = !behaviour.drop && !behaviour.hang;
    if (answered ? reply.startsWith('2') : behaviour.keep) this.#keep(message);
    if (!answered) this.#sink.unanswered += 1;
    this.#carryOut(behaviour, reply, () => {
      this.#sink.unanswered += 1;
    });
    this.#reset(false);
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
      from: this.#from,
      to: this.#to,
      attempt: this.#attempt,
    };
    return this.#sink.behave(step) ?? {};
  }

  /** Answers as told for this stage. True when the conversation goes on as usual. */
  #answer(stage: Stage, usual: string): boolean {
    const behaviour = this.#behaviour(stage);
    const reply = behaviour.reply ?? usual;
    this.#carryOut(behaviour, reply);
    return !behaviour.drop && !behaviour.hang && /^[23]/.test(reply);
  }

  #carryOut(behaviour: Behaviour, reply: string, onGone?: () => void): void {
    if (behaviour.drop) this.#socket.resetAndDestroy();
    else if (behaviour.hang) this.#held = true;
    else if (behaviour.lateMs) this.#finishLater(behaviour, reply, onGone);
    else this.#finish(reply, behaviour.close);
  }

  #finishLater(behaviour: Behaviour, reply: string, onGone?: () => void): void {
    this.#held = true;
    const gone = () => {
      clearTimeout(timer);
      onGone?.();
    };
    const timer = setTimeout(() => {
      this.#socket.off('close', gone);
      this.#held = false;
      this.#finish(reply, behaviour.close);
      this.#work();
    }, behaviour.lateMs);
    this.#socket.once('close', gone);
  }

  #finish(reply: string, close = false): void {
    this.#write(reply);
    if (close) this.#socket.end();
  }

  #write(reply: string): void {
    if (this.#socket.writable) this.#socket.write(`${reply}\r\n`);
  }
}

/** The address of `MAIL FROM:<address> ...` or `RCPT TO:<address>`. */
function between(line: string): string {
  return line.slice(line.indexOf('<') + 1, line.indexOf('>'));
}
