/** Dovecot: one mailbox by IMAP, filled by LMTP, whose Sieve script answers with a vacation reply when it has one. */
import { freePort } from '../../helpers/redis-server.ts';
import { until } from '../../helpers/until.ts';
import { type Chroot, freshRoot, idOf } from './chroot.ts';
import { HOST } from './server.ts';

const MAIL = idOf(2);

const settings = (ports: DovecotPorts, submission: number | null): string => `
protocols = imap lmtp
listen = 127.0.0.1
base_dir = /run/dovecot
state_dir = /var/lib/dovecot
log_path = /var/log/dovecot.log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:/var/mail/%n
mail_uid = ${MAIL}
mail_gid = ${MAIL}
first_valid_uid = 1
auth_username_format = %n
recipient_delimiter = +
hostname = ${HOST}
postmaster_address = postmaster@${HOST}
${submission === null ? '' : `submission_host = 127.0.0.1:${submission}`}
passdb {
  driver = passwd-file
  args = scheme=PLAIN /etc/dovecot/users
}
userdb {
  driver = static
  args = uid=${MAIL} gid=${MAIL} home=/var/mail/%n
}
service imap-login {
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
protocol lmtp {
  mail_plugins = sieve
}
plugin {
  sieve = file:/etc/dovecot/reader.sieve
}
`;

interface DovecotPorts {
  imap: number;
  lmtp: number;
}

export interface Dovecot {
  ports: DovecotPorts;
  user: string;
  pass: string;
  /** How many mails lie in a folder of the mailbox. */
  count(folder?: string): number;
  output(): string;
  stop(): Promise<void>;
}

/** `vacation`: the user is away, and replies leave by SMTP at that port. */
export async function startDovecot(vacation: { smtpPort: number } | null = null): Promise<Dovecot> {
  const packages = ['dovecot-imapd', 'dovecot-sieve', 'dovecot-lmtpd'];
  const copy = await freshRoot('dovecot', packages, ['dovecot', 'dovenull', 'vmail']);
  const ports = { imap: await freePort(), lmtp: await freePort() };
  const [user, pass] = ['bounces', 'a password of the tests'];
  copy.write('/etc/dovecot/dovecot.conf', settings(ports, vacation?.smtpPort ?? null));
  copy.write('/etc/dovecot/users', `${user}:{PLAIN}${pass}\nreader:{PLAIN}${pass}\n`);
  if (vacation)
    copy.write(
      '/etc/dovecot/reader.sieve',
      'require ["vacation"];\nvacation :days 1 :addresses ["reader@sink.test"] "Away until Monday.";\n',
    );
  copy.folder('/var/mail', MAIL);
  copy.folder('/var/lib/dovecot');
  copy.write('/var/log/dovecot.log', '');
  copy.folder('/etc/dovecot', MAIL);
  copy.start('/usr/sbin/dovecot', '-F');
  const output = () => `${copy.output()}\n${copy.read('/var/log/dovecot.log').slice(-4_000)}`;
  await until('Dovecot listens', () => /starting up/.test(copy.read('/var/log/dovecot.log')), {
    found: output,
  });
  return {
    ports,
    user,
    pass,
    count: (folder = '') => mailsIn(copy, `/var/mail/${user}/${folder === '' ? '' : `.${folder}/`}`),
    output,
    stop: () => copy.stop(),
  };
}

function mailsIn(copy: Chroot, maildir: string): number {
  try {
    return [`${maildir}cur`, `${maildir}new`].flatMap((folder) => copy.files(folder)).length;
  } catch {
    return 0;
  }
}
