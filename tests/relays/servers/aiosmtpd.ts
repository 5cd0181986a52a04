/** aiosmtpd by its command line, with a handler that knows the readers and counts what it takes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../helpers/redis-server.ts';
import { fromPyPi } from './npm.ts';
import { openFolder, runScripted } from './scripted.ts';
import type { MailServer } from './server.ts';

const VERSION = '1.4.6';

const HANDLER = `import os, re

class Readers:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if not re.match(r'reader[0-9]+@', address):
            return '550 5.1.1 no such user here'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        with open(os.environ['TAKEN'], 'a') as taken:
            taken.write(envelope.rcpt_tos[0] + '\\n')
        return '250 OK'
`;

export async function startAiosmtpd(): Promise<MailServer> {
  const modules = await fromPyPi('aiosmtpd', VERSION);
  const scripted = await openFolder('aiosmtpd');
  await writeFile(join(scripted.folder, 'readers.py'), HANDLER);
  const ports = { clear: await freePort(), tls: await freePort() };
  const programs = Object.entries(ports).map(([way, port]) => {
    const tls =
      way === 'tls' ? ['--tlscert', scripted.cert, '--tlskey', scripted.key, '--no-requiretls'] : [];
    const listen = ['-n', '-l', `127.0.0.1:${port}`, '-c', 'readers.Readers'];
    return {
      command: ['python3', '-m', 'aiosmtpd', ...listen, ...tls],
      env: { PYTHONPATH: `${modules}:${scripted.folder}` },
    };
  });
  return runScripted(scripted, VERSION, ports, programs);
}
