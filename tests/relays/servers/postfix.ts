/** Postfix: its virtual domains know the readers; what it takes is thrown away and stands in its log. */
import { freePort } from '../../helpers/redis-server.ts';
import { freshRoot, idOf, versionIn } from './chroot.ts';
import { untilListening } from './listening.ts';
import { DOMAINS, HOST, living, localPart, type MailServer } from './server.ts';

const services = (clear: number, tls: number): string => `
127.0.0.1:${clear} inet n - n - - smtpd
127.0.0.1:${tls} inet n - n - - smtpd -o smtpd_tls_security_level=may
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
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

const settings = `
compatibility_level = 3.6
myhostname = ${HOST}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = ${DOMAINS.join(' ')}
virtual_mailbox_maps = texthash:/etc/postfix/readers
virtual_transport = discard
default_transport = error:nowhere
alias_maps =
alias_database =
smtpd_tls_cert_file = /etc/ssl/cert.pem
smtpd_tls_key_file = /etc/ssl/key.pem
maillog_file = /var/log/mail.log
`;

const LOG = '/var/log/mail.log';
const TAKEN = /discard\[\d+\]: \w+: to=<([^>]+)>.* status=sent/g;

export async function startPostfix(): Promise<MailServer> {
  const copy = await freshRoot('postfix', ['postfix'], ['postfix', 'postdrop']);
  const [clear, tls] = [await freePort(), await freePort()];
  copy.write('/etc/postfix/main.cf', settings);
  copy.write('/etc/postfix/master.cf', services(clear, tls));
  copy.write('/etc/postfix/readers', living.map((address) => `${address} ${localPart(address)}\n`).join(''));
  copy.folder('/var/spool/postfix');
  copy.folder('/var/lib/postfix', idOf(0));
  copy.write(LOG, '');
  copy.start('/usr/sbin/postfix', 'start-fg');
  return untilListening({
    version: versionIn(copy.run('/usr/sbin/postconf', 'mail_version'), /= (.+)/),
    ports: { clear, tls },
    taken: async () => [...copy.read(LOG).matchAll(TAKEN)].map(([, to = '']) => localPart(to)),
    output: () => `${copy.output()}\n${copy.read(LOG).slice(-4_000)}`,
    stop: () => copy.stop(),
  });
}
