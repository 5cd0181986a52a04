/** What we are measured against, into the same smtp-sink. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import nodemailer from 'nodemailer';
import { smtpSource } from './harness.ts';

export interface Order {
  port: number;
  messages: number;
  connections: number;
  /** Of one message. */
  bytes: number;
}

/** smtp-source's own header is about this long. */
const HEADER = 180;

/** Postfix' load generator in C, keeping its connections. Messages per second. */
export async function smtpSourceRate({ port, messages, connections, bytes }: Order): Promise<number> {
  const args = ['-d', '-s', `${connections}`, '-m', `${messages}`, '-l', `${bytes - HEADER}`];
  const start = performance.now();
  const child = spawn(
    smtpSource(),
    [...args, '-f', 'news@example.org', '-t', 'reader@example.net', `127.0.0.1:${port}`],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`smtp-source ended with ${code}`);
  return messages / ((performance.now() - start) / 1000);
}

export interface Content {
  subject: string;
  html: string;
  text: string;
}

/** What most people write first: a pool, and sendMail for every reader. Messages per second. */
export async function loopRate({ port, messages, connections }: Order, content: Content): Promise<number> {
  const options = { host: '127.0.0.1', port, pool: true, maxConnections: connections, maxMessages: 1e9 };
  const pool = nodemailer.createTransport({ ...options, ignoreTLS: true });
  let number = 0;
  let first = 0;
  const loop = async () => {
    while (number < messages) {
      const to = `Reader ${++number} <reader${number}@example.net>`;
      await pool.sendMail({ from: 'Weekly <news@example.org>', to, ...content });
      first ||= performance.now();
    }
  };
  await Promise.all(Array.from({ length: connections }, loop));
  const seconds = (performance.now() - first) / 1000;
  pool.close();
  return (messages - 1) / seconds;
}
