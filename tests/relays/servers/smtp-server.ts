/** smtp-server, the one this project depends on, in a process of its own. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../helpers/processes.ts';
import { freePort } from '../../helpers/redis-server.ts';
import { openFolder, runScripted } from './scripted.ts';
import type { MailServer } from './server.ts';

const PROGRAM = `import { appendFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const { SMTPServer } = createRequire(process.env.FROM)('smtp-server');
const tls = process.env.WAY === 'tls';
new SMTPServer({
  authOptional: true,
  disabledCommands: tls ? ['AUTH'] : ['AUTH', 'STARTTLS'],
  ...(tls && { key: readFileSync('key.pem'), cert: readFileSync('cert.pem') }),
  onRcptTo({ address }, session, done) {
    if (/^reader\\d+@/.test(address)) return done();
    done(Object.assign(new Error('no such user here'), { responseCode: 550 }));
  },
  onData(stream, session, done) {
    stream.on('end', () => {
      appendFileSync(process.env.TAKEN, session.envelope.rcptTo[0].address + '\\n');
      done();
    });
    stream.resume();
  },
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

export async function startSmtpServer(): Promise<MailServer> {
  const scripted = await openFolder('smtp-server');
  await writeFile(join(scripted.folder, 'server.mjs'), PROGRAM);
  const ports = { clear: await freePort(), tls: await freePort() };
  const programs = Object.entries(ports).map(([way, port]) => ({
    command: [process.execPath, 'server.mjs'],
    env: { WAY: way, PORT: String(port), FROM: join(root, 'package.json') },
  }));
  const { version } = JSON.parse(
    readFileSync(join(root, 'node_modules/smtp-server/package.json'), 'utf8'),
  ) as { version: string };
  return runScripted(scripted, version, ports, programs);
}
