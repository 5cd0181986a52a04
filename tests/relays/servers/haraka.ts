/** Haraka with a plugin that knows the readers and counts what it takes. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../helpers/redis-server.ts';
import { fromNpm } from './npm.ts';
import { openFolder, runScripted } from './scripted.ts';
import { HOST, type MailServer } from './server.ts';

const VERSION = '3.3.4';

const PLUGIN = `'use strict';
const fs = require('node:fs');
exports.hook_rcpt = function (next, connection, [rcpt]) {
  if (/^reader\\d+$/.test(rcpt.user)) next(OK);
  else next(DENY, '5.1.1 no such user here');
};
exports.hook_queue = function (next, connection) {
  const [rcpt] = connection.transaction.rcpt_to;
  fs.appendFileSync(process.env.TAKEN, rcpt.user + '@' + rcpt.host + '\\n');
  next(OK);
};
`;

export async function startHaraka(): Promise<MailServer> {
  const modules = join(await fromNpm('Haraka', VERSION), 'node_modules', 'Haraka');
  const scripted = await openFolder('haraka');
  const ports = { clear: await freePort(), tls: await freePort() };
  const programs = [];
  for (const [way, port] of Object.entries(ports)) {
    const home = join(scripted.folder, way);
    const config = (name: string, text: string) => writeFile(join(home, 'config', name), text);
    await mkdir(join(home, 'plugins'), { recursive: true });
    await cp(join(modules, 'config'), join(home, 'config'), { recursive: true });
    await writeFile(join(home, 'plugins', 'readers.js'), PLUGIN);
    await config('plugins', way === 'tls' ? 'tls\nreaders\n' : 'readers\n');
    await config('smtp.ini', `listen=127.0.0.1:${port}\nnodes=0\n`);
    await config('tls.ini', 'key=tls_key.pem\ncert=tls_cert.pem\n');
    await cp(scripted.key, join(home, 'config', 'tls_key.pem'));
    await cp(scripted.cert, join(home, 'config', 'tls_cert.pem'));
    await config('me', `${HOST}\n`);
    await config('loglevel', 'WARN\n');
    programs.push({ command: [process.execPath, join(modules, 'bin', 'haraka'), '-c', home] });
  }
  return runScripted(scripted, VERSION, ports, programs);
}
