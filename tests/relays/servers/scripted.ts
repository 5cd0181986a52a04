/** A server that is a program of Node's or Python's: its processes, its folder, and the file it counts in. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Running, start } from '../../helpers/processes.ts';
import { serverCertificate } from './certificate.ts';
import { untilListening } from './listening.ts';
import { localPart, type MailServer } from './server.ts';

export interface Scripted {
  folder: string;
  /** Each recipient whose mail was taken is a line of this file. */
  taken: string;
  cert: string;
  key: string;
}

export async function openFolder(name: string): Promise<Scripted> {
  const folder = await mkdtemp(join(tmpdir(), `postrider-${name}-`));
  const { cert, key } = serverCertificate();
  const scripted = {
    folder,
    taken: join(folder, 'taken'),
    cert: join(folder, 'cert.pem'),
    key: join(folder, 'key.pem'),
  };
  await writeFile(scripted.cert, cert);
  await writeFile(scripted.key, key);
  return scripted;
}

export interface Program {
  command: readonly string[];
  env?: Record<string, string>;
}

/** One process for each of the two ports. */
export function runScripted(
  { folder, taken }: Scripted,
  version: string,
  ports: { clear: number; tls: number },
  programs: readonly Program[],
): Promise<MailServer> {
  const running: Running[] = programs.map(({ command, env }) =>
    start([], { command, env: { TAKEN: taken, ...env }, cwd: folder, outliveTest: true }),
  );
  return untilListening({
    version,
    ports,
    taken: async () =>
      existsSync(taken) ? readFileSync(taken, 'utf8').split('\n').filter(Boolean).map(localPart) : [],
    output: () => running.map(({ stdout, stderr }) => `${stdout}\n${stderr}`.slice(-4_000)).join('\n'),
    stop: async () => {
      await Promise.all(running.map((each) => each.running && each.stop('SIGKILL')));
      await rm(folder, { recursive: true, force: true });
    },
  });
}
