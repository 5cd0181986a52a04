/** chasquid: aliases know the readers and pipe their mail into nothing; its log counts it. */
import { freePort } from '../../helpers/redis-server.ts';
import { freshRoot, versionIn } from './chroot.ts';
import { hideStartTls } from './hide-starttls.ts';
import { untilListening } from './listening.ts';
import { DOMAINS, HOST, living, localPart, type MailServer } from './server.ts';

const LOG = '/var/log/chasquid.log';
const TAKEN = / queued ip=\S+ to=\[([^@\]]+)@/g;

const settings = (smtp: number, unused: readonly number[]): string => `
hostname: "${HOST}"
smtp_address: "127.0.0.1:${smtp}"
submission_address: "127.0.0.1:${unused[0]}"
submission_over_tls_address: "127.0.0.1:${unused[1]}"
mail_delivery_agent_bin: "/usr/bin/true"
mail_log_path: "${LOG}"
`;

export async function startChasquid(): Promise<MailServer> {
  const copy = await freshRoot('chasquid', ['chasquid'], ['chasquid']);
  const tls = await freePort();
  const etc = (name: string, content: string) => copy.write(`/etc/chasquid/${name}`, content);
  etc('chasquid.conf', settings(tls, [await freePort(), await freePort()]));
  etc(`certs/${HOST}/fullchain.pem`, copy.read('/etc/ssl/cert.pem'));
  etc(`certs/${HOST}/privkey.pem`, copy.read('/etc/ssl/key.pem'));
  for (const domain of DOMAINS) {
    const names = living.filter((address) => address.endsWith(`@${domain}`)).map(localPart);
    etc(`domains/${domain}/aliases`, names.map((name) => `${name}: | /usr/bin/true\n`).join(''));
  }
  copy.run('rm', '-f', '/etc/chasquid/hooks/post-data');
  const server = copy.start('/usr/bin/chasquid', '-config_dir=/etc/chasquid');
  // It does not run without a certificate, and then always offers STARTTLS.
  const clear = await hideStartTls(tls);
  const log = () => copy.read(LOG);
  const running = await untilListening({
    version: '',
    ports: { clear: clear.port, tls },
    taken: async () => [...log().matchAll(TAKEN)].map(([, to = '']) => to),
    output: () => copy.output(),
    stop: async () => {
      await clear.close();
      await copy.stop();
    },
  });
  return { ...running, version: versionIn(server.stderr, /starting \(version ([^)]+)\)/) };
}
