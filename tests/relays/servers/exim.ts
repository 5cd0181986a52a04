/** Exim with the recipient verified at RCPT: a router knows the readers and lets their mail vanish; the log counts it. */
import { freePort } from '../../helpers/redis-server.ts';
import { freshRoot, idOf, versionIn } from './chroot.ts';
import { untilListening } from './listening.ts';
import { DOMAINS, HOST, living, localPart, type MailServer } from './server.ts';

const settings = (clear: number, tls: number): string => `
primary_hostname = ${HOST}
domainlist readers_domains = ${DOMAINS.join(' : ')}
daemon_smtp_ports = ${clear} : ${tls}
local_interfaces = 127.0.0.1
tls_advertise_hosts = \${if eq{$received_port}{${tls}}{*}{}}
tls_certificate = /etc/ssl/cert.pem
tls_privatekey = /etc/exim4/key.pem
log_selector = +received_recipients
acl_smtp_rcpt = check_rcpt
host_lookup =
rfc1413_hosts =
keep_environment =
begin acl
check_rcpt:
  require verify = recipient
  accept hosts = 127.0.0.1
begin routers
readers:
  driver = redirect
  domains = +readers_domains
  condition = \${lookup{$local_part}lsearch{/etc/exim4/readers}{yes}{no}}
  data = :blackhole:
begin transports
begin retry
* * F,2h,15m
`;

const LOG = '/var/log/exim4/mainlog';
const TAKEN = / <= .* for (\S+)@\S+$/gm;

export async function startExim(): Promise<MailServer> {
  const copy = await freshRoot('exim', ['exim4-daemon-light'], ['Debian-exim']);
  const [clear, tls] = [await freePort(), await freePort()];
  copy.write('/etc/exim4/exim4.conf', settings(clear, tls));
  copy.write('/etc/exim4/readers', living.map((address) => `${localPart(address)}\n`).join(''));
  for (const folder of ['/var/spool/exim4', '/var/log/exim4', '/run/exim4']) copy.folder(folder, idOf(0));
  copy.run('sh', '-c', 'cp /etc/ssl/key.pem /etc/exim4/ && chown Debian-exim /etc/exim4/key.pem');
  copy.start('/usr/sbin/exim4', '-bdf', '-q30m');
  const log = () => copy.read(LOG);
  return untilListening({
    version: versionIn(copy.run('/usr/sbin/exim4', '-bV'), /Exim version (\S+)/),
    ports: { clear, tls },
    taken: async () => [...log().matchAll(TAKEN)].map(([, to = '']) => to),
    output: () => `${copy.output()}\n${log().slice(-4_000)}`,
    stop: () => copy.stop(),
  });
}
