/** OpenSMTPD: a table knows the readers; what it takes it hands on to a sink behind it. */
import { freePort } from '../../helpers/redis-server.ts';
import { startSink } from '../../helpers/sink.ts';
import { freshRoot } from './chroot.ts';
import { untilListening } from './listening.ts';
import { HOST, living, localPart, type MailServer } from './server.ts';

const settings = (clear: number, sink: number): string => `
table readers file:/etc/readers
listen on 127.0.0.1 port ${clear} hostname ${HOST}
action "on" relay host smtp://127.0.0.1:${sink}
match from any for any rcpt-to <readers> action "on"
`;

/** Seen with every kind of key; reported as OpenSMTPD/OpenSMTPD#1239. */
const NO_TLS = 'the build for Debian 12 ends every handshake: "SSL routines::EVP lib"';

export async function startOpenSmtpd(): Promise<MailServer> {
  const copy = await freshRoot('opensmtpd', ['opensmtpd'], ['opensmtpd', 'opensmtpq']);
  const clear = await freePort();
  const sink = await startSink();
  copy.write('/etc/smtpd.conf', settings(clear, sink.port));
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
    ports: { clear, tls: NO_TLS },
    taken: async () => sink.accepted.map(({ to }) => localPart(to)),
    said: () => copy.said(),
    stop,
  });
}
