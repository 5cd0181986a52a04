/**
 * Courier: aliases know the readers; what it takes lies in the mailbox of one user, who is all of them. Its limits are those it comes with, five
 * connections of one address among them; only the delay after each refused recipient (`TARPIT`) is left out where
 * many are refused: it begins with eight seconds and doubles.
 */
import { freePort } from '../../helpers/redis-server.ts';
import { freshRoot, idOf, versionIn } from './chroot.ts';
import { untilListening } from './listening.ts';
import { DOMAINS, HOST, living, localPart, type MailServer } from './server.ts';

const start = (clear: number, tls: number): string => `
mkdir -p /run/courier/authdaemon
chown -R courier:courier /run/courier
/usr/bin/makedat -src=/etc/courier/smtpaccess -file=/etc/courier/smtpaccess.dat -tmp=/etc/courier/access.tmp
/usr/sbin/makealiases
/usr/lib/courier/courier-authlib/authdaemond &
(set -a; . /etc/courier/courierd; cd /usr; exec /usr/lib/courier/courier/courierd) &
listen() {
  set -a
  . /etc/courier/esmtpd
  [ "$2" = tls ] || unset COURIERTLS TLS_CERTFILE
  exec /usr/sbin/couriertcpd -stderr=/tmp/esmtpd.log -noidentlookup -nodnslookup -user=courier -group=courier \
    -address=127.0.0.1 -access=/etc/courier/smtpaccess.dat -maxprocs=40 -maxperc=$MAXPERC -maxperip=$MAXPERIP \
    $1 /usr/sbin/courieresmtpd
}
(listen ${clear} clear) &
(listen ${tls} tls) &
wait
`;

const MAILBOX = '/home/postbox/Maildir/new';
/** The address in the header: nothing else tells the readers apart there. */
const TO = /^To: .*?<?(reader\d+)@/m;

export async function startCourier({ tarpit = false } = {}): Promise<MailServer> {
  const copy = await freshRoot('courier', ['courier-mta'], ['courier', 'daemon', 'postbox']);
  const [clear, tls] = [await freePort(), await freePort()];
  const etc = (name: string, content: string) => copy.write(`/etc/courier/${name}`, content);
  etc('locals', `localhost\n${DOMAINS.join('\n')}\n`);
  for (const name of ['me', 'defaultdomain']) etc(name, `${HOST}\n`);
  etc('dsnfrom', `mailer-daemon@${HOST}\n`);
  etc('esmtpd.pem', copy.read('/etc/ssl/key.pem') + copy.read('/etc/ssl/cert.pem'));
  const aliases = living.map((address) => `${localPart(address)}: postbox@localhost\n`);
  etc('aliases/system', `postmaster: postbox@localhost\n${aliases.join('')}`);
  const settings = copy
    .read('/etc/courier/esmtpd')
    .replace(/^BOFHCHECKDNS=.*/m, 'BOFHCHECKDNS=0')
    .replace(/^TARPIT=.*/m, `TARPIT=${tarpit ? 1 : 0}`)
    .replace(/^(TLS_DHPARAMS|TLS_TRUSTCERTS)=/gm, '#$1=');
  etc('esmtpd', settings);
  copy.write('/etc/environment', '');
  copy.write('/start', start(clear, tls), 0o755);
  copy.folder('/var/lib/courier/sts', idOf(0));
  copy.run(
    'sh',
    '-c',
    `ln -sf makedat.courier /usr/bin/makedat
     chown -R courier:courier /var/lib/courier /etc/courier /usr/lib/courier/courier/submitmkdir
     chmod 4755 /usr/lib/courier/courier/submitmkdir
     chmod 770 /var/lib/courier/tmp
     sed -i 's#^\\(postbox:.*\\)::/:#\\1::/home/postbox:#' /etc/passwd
     mkdir -p /home/postbox && maildirmake.courier /home/postbox/Maildir
     chown -R postbox:postbox /home/postbox`,
  );
  copy.start('/bin/sh', '/start');
  return untilListening({
    version: versionIn(copy.run('/usr/sbin/courier', '--version'), /Courier (\S+)/),
    ports: { clear, tls },
    taken: async () => copy.files(MAILBOX).map((name) => TO.exec(copy.read(name))?.[1] ?? name),
    output: () => copy.output(),
    stop: () => copy.stop(),
  });
}
