/** The web role. It listens even while the database is away; `/readyz` then reports that. */
import { hasInbox, type Program } from './bootstrap.ts';
import { Refused } from './errors.ts';
import { buildServer } from './http/server/server.ts';
import { fetchText } from './io/fetch/text.ts';

export interface RunningWeb {
  /** For example `http://127.0.0.1:3000`. */
  address: string;
  stop(): Promise<void>;
}

export async function startWeb(program: Program): Promise<RunningWeb> {
  const { config, log } = program;
  const app = webServer(program);
  const address = await listen(app, config.host, config.port);
  log.info({ address }, 'web started');
  return { address, stop: () => app.close() };
}

/** The server, not listening yet. */
export function webServer(program: Program): ReturnType<typeof buildServer> {
  const { config, db, keys, emails, log, clock, wakeUps } = program;
  return buildServer({
    db,
    keys,
    emails,
    log,
    clock,
    publicUrl: config.publicUrl,
    trustProxy: config.trustProxy,
    wake: (list) => wakeUps.wake(list),
    ready: () => program.ready(),
    providerEvents: { secrets: config.feedbackSecrets, fetchText },
    inbox: hasInbox(program),
  });
}

async function listen(app: ReturnType<typeof buildServer>, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Refused(
      'port-taken',
      `PORT ${port} on ${host} is taken by another program; set PORT to a free one`,
      { cause: error },
    );
  }
}
