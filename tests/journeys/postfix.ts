/** A Postfix of a test's own on loopback: it takes every message, throws it away, and writes a log of its own. */
import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../helpers/redis-server.ts';
import { provide } from '../helpers/setup/programs.ts';

/** Its master wants root. */
export const canRunPostfix = process.getuid?.() === 0;

export interface Postfix {
  port: number;
  log: string;
  /** Recipient -> how often its messages left the queue. */
  delivered(): Promise<Map<string, number>>;
}

const services = (port: number): string => `
127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`;

const settings = (folder: string, log: string): string => `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.example.net
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
default_transport = discard
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = permit_mynetworks, reject
alias_maps =
alias_database =
maillog_file_prefixes = ${folder}
maillog_file = ${log}
`;

export async function startPostfix(): Promise<Postfix> {
  const postfix = provide({
    what: 'Postfix',
    names: ['postfix'],
    packages: ['postfix'],
    service: 'postfix',
  });
  const folder = await mkdtemp(join(tmpdir(), 'postrider-postfix-'));
  await chmod(folder, 0o755);
  const [conf, log, port] = [join(folder, 'conf'), join(folder, 'mail.log'), await freePort()];
  for (const name of ['conf', 'queue', 'data']) await mkdir(join(folder, name));
  await chown(join(folder, 'data'), Number(execFileSync('id', ['-u', 'postfix'])), 0);
  await writeFile(join(conf, 'main.cf'), settings(folder, log));
  await writeFile(join(conf, 'master.cf'), services(port));
  const run = (word: string) => execFileSync(postfix, ['-c', conf, word], { stdio: 'ignore' });
  onTestFinished(async () => {
    run('abort');
    await rm(folder, { recursive: true, force: true });
  });
  run('start');
  return { port, log, delivered: () => delivered(log) };
}

async function delivered(log: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const [, to = ''] of (await readFile(log, 'utf8')).matchAll(
    /discard\[\d+\]: \w+: to=<([^>]+)>.* status=sent/g,
  ))
    counts.set(to, (counts.get(to) ?? 0) + 1);
  return counts;
}

/**
 * What a line may do to the messages of some recipients, once: `mute` drops the reply to the final dot, which the
 * relay has got; `cut` drops the final dot itself, which the client has written.
 */
export type Fault = 'mute' | 'cut';

const END = '\r\n.\r\n';

/** A line between Postrider and a relay. Returns its port. */
export async function startLine(to: number, faults: Map<string, Fault>): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const relay = connect(to, '127.0.0.1');
    for (const socket of [client, relay]) sockets.add(socket.on('error', () => {}));
    const hangUp = () => {
      client.destroy();
      relay.destroy();
    };
    let fault: Fault | undefined;
    let muted = false;
    client.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      const [, recipient] = /^RCPT TO:<([^>]+)>/im.exec(text) ?? [];
      if (recipient !== undefined) fault = faults.get(recipient);
      const ends = text.endsWith(END) || text === '.\r\n';
      if (!ends || fault === undefined) return relay.write(bytes);
      faults.delete([...faults].find(([, kind]) => kind === fault)![0]);
      if (fault === 'mute') {
        muted = true;
        return relay.write(bytes);
      }
      relay.end(bytes.subarray(0, bytes.length - 3));
      client.destroy();
    });
    relay.on('data', (bytes) => (muted ? hangUp() : client.write(bytes)));
    client.on('close', () => relay.end());
    relay.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
