/**
 * Where a real server cannot be run: one that answers as it was seen to. Only what troubles a client is kept: what is
 * offered, and what a connection may do before it is slowed down or ended.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { serverCertificate } from './certificate.ts';
import { Conversation } from './recorded-conversation.ts';
import { localPart, type MailServer } from './server.ts';

export interface Habits {
  offers: readonly string[];
  /** To RCPT of somebody unknown. */
  unknown: string;
  /** Every further EHLO gets 503; after STARTTLS it begins anew. */
  oneEhlo?: boolean;
  /** So many connections of one address; the next is closed without a word. */
  connections?: number;
  /** MAIL behind so many messages gets this reply, and the connection stays open. */
  messages?: { most: number; reply: string };
  /** The next RSET without a message since the last is answered with 554 and the end. */
  idleResets?: number;
  /** This many refused commands, DATA without recipients among them, end a connection; a message taken may forgive. */
  errors?: { most: number; reply: string; slowFrom?: number; forgiven?: boolean };
}

const USUAL = ['PIPELINING', 'SIZE 52428800', '8BITMIME', 'ENHANCEDSTATUSCODES'];

export const habits: Readonly<Record<string, Habits>> = {
  Postfix: {
    offers: USUAL,
    unknown: '550 5.1.1 Recipient address rejected: User unknown in virtual mailbox table',
    errors: { most: 20, reply: '421 4.7.0 Error: too many errors', slowFrom: 10, forgiven: true },
  },
  Exim: {
    offers: ['SIZE 52428800', '8BITMIME', 'PIPELINING', 'PIPECONNECT', 'CHUNKING', 'HELP'],
    unknown: '550 Unrouteable address',
    messages: { most: 1_000, reply: '421 too many messages in this connection' },
    idleResets: 10,
  },
  OpenSMTPD: {
    offers: ['8BITMIME', 'ENHANCEDSTATUSCODES', 'SIZE 36700160', 'DSN', 'HELP'],
    unknown: '550 Invalid recipient',
    oneEhlo: true,
    messages: { most: 100, reply: '452 4.5.3 Too many recipients: Too many messages sent' },
  },
  Sendmail: { offers: [...USUAL, 'EXPN', 'DSN', 'ETRN', 'HELP'], unknown: '550 5.1.1 User unknown' },
  Courier: {
    offers: ['XVERP=Courier', 'XEXDATA', 'PIPELINING', '8BITMIME', 'SMTPUTF8', 'SIZE', 'DSN'],
    unknown: '550 User unknown',
    connections: 5,
  },
  chasquid: {
    offers: [...USUAL, 'SMTPUTF8', 'HELP'],
    unknown: '550 5.1.1 Destination address is unknown (user does not exist)',
    errors: { most: 3, reply: '421 4.5.0 Too many errors, bye' },
  },
  Haraka: { offers: [...USUAL, 'SMTPUTF8'], unknown: '550 5.1.1 no such user here' },
  'smtp-server': { offers: [...USUAL, 'SMTPUTF8'], unknown: '550 no such user here' },
  aiosmtpd: { offers: ['SIZE 33554432', '8BITMIME', 'HELP'], unknown: '550 5.1.1 no such user here' },
};

export async function startRecorded(name: string): Promise<MailServer> {
  const habit = habits[name]!;
  const taken: string[] = [];
  const sockets = new Set<Socket>();
  const listen = async (tls: boolean): Promise<Server> => {
    const server = createServer((socket) => {
      if (sockets.size >= (habit.connections ?? Number.POSITIVE_INFINITY)) return void socket.destroy();
      sockets.add(socket.setNoDelay(true));
      socket.on('close', () => sockets.delete(socket));
      new Conversation(socket, habit, tls ? serverCertificate() : null, (to) => taken.push(localPart(to)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  };
  const [clear, tls] = [await listen(false), await listen(true)];
  const portOf = (server: Server): number => (server.address() as AddressInfo).port;
  return {
    version: 'recorded',
    ports: { clear: portOf(clear), tls: portOf(tls) },
    taken: async () => [...taken],
    said: () => '',
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([clear, tls].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
