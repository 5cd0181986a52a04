/**
 * OpenSMTPD: a table knows the readers; what it takes it hands on to a sink behind it. Debian 12's build offers TLS and
 * fails every handshake (OpenSMTPD/OpenSMTPD#1239): whoever takes TLS only where it can be had goes on in the clear.
 */
import { freePort } from '../../helpers/redis-server.ts';
import { startSink } from '../../helpers/sink.ts';
import { freshRoot } from './chroot.ts';
import { untilListening } from './listening.ts';
import { HOST, living, localPart, type MailServer } from './server.ts';

const settings = (clear: number, tls: number, sink: number): string => `
table readers file:/etc/readers
pki ${HOST} cert "/etc/ssl/cert.pem"
pki ${HOST} key "/etc/ssl/key.pem"
listen on 127.0.0.1 port ${clear} hostname ${HOST}
listen on 127.0.0.1 port ${tls} hostname ${HOST} tls pki ${HOST}
action "on" relay host smtp://127.0.0.1:${sink}
match from any for any rcpt-to <readers> action "on"
`;

export async function startOpenSmtpd(): Promise<MailServer> {
  const copy = await freshRoot('opensmtpd', ['opensmtpd'], ['opensmtpd', 'opensmtpq']);
  const [clear, tls] = [await freePort(), await freePort()];
  const sink = await startSink();
  copy.write('/etc/smtpd.conf', settings(clear, tls, sink.port));
  copy.write('/etc/readers', living.map((address) => `${address}\n`).join(''));
  copy.folder('/var/spool/smtpd', 0, 0o711);
  const server = copy.start('/usr/sbin/smtpd', '-d');
  const stop = async () => {
    await copy.stop();
    await sink.end();
  };
  const [, version = ''] = await server.says(/OpenSMTPD (\S+) starting/, 10_000).catch(async (error) => {
    await stop();
    throw error;
  });
  return untilListening({
    version,
    ports: { clear, tls },
    taken: async () => sink.accepted.map(({ to }) => localPart(to)),
    output: () => copy.output(),
    stop,
  });
}
