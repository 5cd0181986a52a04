/** Sendmail: a table of addresses knows the readers; what it takes it hands on to a sink behind it. */
import { freePort } from '../../helpers/redis-server.ts';
import { startSink } from '../../helpers/sink.ts';
import { freshRoot, versionIn } from './chroot.ts';
import { untilListening } from './listening.ts';
import { DOMAINS, HOST, living, localPart, type MailServer } from './server.ts';

/** Debian's own settings, but for the load at which it closes its port: other tests may keep the machine busy. */
const settings = (clear: number, tls: number, sink: number): string => `divert(0)dnl
define(\`_USE_ETC_MAIL_')dnl
include(\`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(\`debian')dnl
DOMAIN(\`debian-mta')dnl
undefine(\`confHOST_STATUS_DIRECTORY')dnl
define(\`confDOMAIN_NAME', \`${HOST}')dnl
define(\`confREFUSE_LA', \`0')dnl
define(\`confQUEUE_LA', \`0')dnl
define(\`confDELAY_LA', \`0')dnl
define(\`confSERVER_CERT', \`/etc/ssl/cert.pem')dnl
define(\`confSERVER_KEY', \`/etc/ssl/key.pem')dnl
define(\`confCACERT_PATH', \`/etc/ssl')dnl
define(\`confCACERT', \`/etc/ssl/cert.pem')dnl
FEATURE(\`no_default_msa')dnl
DAEMON_OPTIONS(\`Family=inet, Name=clear, Addr=127.0.0.1, Port=${clear}, M=S')dnl
DAEMON_OPTIONS(\`Family=inet, Name=tls, Addr=127.0.0.1, Port=${tls}')dnl
FEATURE(\`nocanonify')dnl
FEATURE(\`accept_unresolvable_domains')dnl
FEATURE(\`virtusertable', \`hash -o /etc/mail/readers.db')dnl
VIRTUSER_DOMAIN_FILE(\`/etc/mail/domains')dnl
define(\`SMART_HOST', \`relay:[127.0.0.1]')dnl
define(\`RELAY_MAILER_ARGS', \`TCP $h ${sink}')dnl
MAILER(\`local')dnl
MAILER(\`smtp')dnl
`;

const readers = (): string =>
  [
    ...living.map((address) => `${address}\t${localPart(address)}@sink.example.net\n`),
    ...DOMAINS.map((domain) => `@${domain}\terror:5.1.1:550 User unknown\n`),
  ].join('');

export async function startSendmail(): Promise<MailServer> {
  const copy = await freshRoot('sendmail', ['sendmail-bin', 'm4'], ['smmta', 'smmsp']);
  const [clear, tls] = [await freePort(), await freePort()];
  const sink = await startSink();
  copy.write('/etc/mail/sendmail.mc', settings(clear, tls, sink.port));
  copy.write('/etc/mail/readers', readers());
  copy.write('/etc/mail/domains', `${DOMAINS.join('\n')}\n`);
  copy.write('/etc/mail/aliases', '');
  copy.folder('/var/spool/mqueue', 0, 0o700);
  copy.folder('/run/sendmail/mta');
  copy.run('sh', '-c', 'cd /etc/mail && m4 sendmail.mc > sendmail.cf');
  copy.run(
    'sh',
    '-c',
    'cd /etc/mail && /usr/libexec/sendmail/makemap hash readers.db < readers && /usr/libexec/sendmail/sendmail -bi',
  );
  copy.start('/usr/libexec/sendmail/sendmail', '-bD', '-q30m');
  return untilListening({
    version: versionIn(
      copy.run('sh', '-c', 'echo | /usr/libexec/sendmail/sendmail -bt -d0.1'),
      /Version (\S+)/,
    ),
    ports: { clear, tls },
    taken: async () => sink.accepted.map(({ to }) => localPart(to)),
    output: () => copy.output(),
    stop: async () => {
      await copy.stop();
      await sink.end();
    },
  });
}
