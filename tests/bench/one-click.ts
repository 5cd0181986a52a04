/**
 * One-click unsubscribes against an empty Fastify route that does one UPDATE over `pg`: both
 * served by this process, in turns, asked by a process of its own over kept connections; a new reader every time.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import Fastify from 'fastify';
import pg from 'pg';
import { unsubscribeToken } from '../../src/consent/tokens.ts';
import { webServer } from '../../src/web.ts';
import { newsletterOf } from './audience.ts';
import type { Harness } from './harness.ts';
import { median } from './measure.ts';
import { type Options, round, type Tell } from './parts.ts';

const CONNECTIONS = 20;
const ONE_CLICK = 'List-Unsubscribe=One-Click';

export async function oneClickPart(harness: Harness, options: Options, tell: Tell): Promise<void> {
  const { program } = harness;
  const times = Math.ceil(options.messages / 3);
  await newsletterOf(program, 'leavers', times * (options.pairs + 1) * 2);
  const people = await program.db
    .selectFrom('subscriptions')
    .innerJoin('newsletters', 'newsletters.id', 'subscriptions.newsletter_id')
    .innerJoin('subscribers', 'subscribers.id', 'subscriptions.subscriber_id')
    .select(['newsletter_id', 'subscriber_id', 'link_key'])
    .where('slug', '=', 'leavers')
    .execute();
  const someOf = () => people.splice(0, times);
  const ours = await startOurs(harness);
  const rival = await startRival(harness);
  try {
    const ratios: number[] = [];
    for (let pair = 0; pair <= options.pairs; pair++) {
      const theirs = await askAll(
        rival.port,
        someOf().map((p) => `/${p.newsletter_id}/${p.subscriber_id}`),
      );
      const mine = await askAll(
        ours.port,
        someOf().map((p) => ours.path(p.newsletter_id, p.subscriber_id, p.link_key)),
      );
      // The first pair warms up.
      if (pair === 0) continue;
      ratios.push(mine / theirs);
      tell(`  pair ${pair}: ours ${round(mine)}/s, one UPDATE ${round(theirs)}/s`);
    }
    tell(`ratio of one-click to an empty route with one UPDATE: ${median(ratios).toFixed(2)} (hold 0.5)`);
  } finally {
    await Promise.all([ours.close(), rival.close()]);
  }
}

async function startOurs({ program }: Harness) {
  const { keys } = program;
  const app = webServer(program);
  return {
    port: portOf(await app.listen({ host: '127.0.0.1', port: 0 })),
    path: (newsletter: number, subscriber: number, linkKey: number) =>
      `/unsubscribe/${unsubscribeToken(keys, { newsletter, subscriber, linkKey, issue: 0, delivery: 0 })}`,
    close: () => app.close(),
  };
}

async function startRival({ program }: Harness) {
  const pool = new pg.Pool({ connectionString: program.config.databaseUrl!, max: 10 });
  const app = Fastify();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  app.post<{ Params: { newsletter: string; subscriber: string } }>(
    '/:newsletter/:subscriber',
    async (outgoing) => {
      await pool.query(
        `UPDATE subscriptions SET state = 'unsubscribed', unsubscribed_at = now()
       WHERE newsletter_id = $1 AND subscriber_id = $2`,
        [outgoing.params.newsletter, outgoing.params.subscriber],
      );
      return '';
    },
  );
  return {
    port: portOf(await app.listen({ host: '127.0.0.1', port: 0 })),
    async close() {
      await app.close();
      await pool.end();
    },
  };
}

const portOf = (address: string): number => Number(new URL(address).port);

/** POSTs to every path, by a process of its own. Answers per second. */
async function askAll(port: number, paths: readonly string[]): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url));
  child.send({ port, paths });
  const [answer] = (await once(child, 'message')) as [{ perSecond: number } | { fault: string }];
  if ('fault' in answer) throw new Error(answer.fault);
  return answer.perSecond;
}

async function askInTurn(agent: Agent, port: number, paths: string[]): Promise<void> {
  for (let path = paths.pop(); path; path = paths.pop()) await ask(agent, port, path);
}

function ask(agent: Agent, port: number, path: string): Promise<void> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': ONE_CLICK.length };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { agent, host: '127.0.0.1', port, path, method: 'POST', headers },
      (response) => {
        response.resume();
        if (response.statusCode === 200) response.on('end', resolve);
        else reject(new Error(`expected 200, found ${response.statusCode} for ${path.slice(0, 20)}`));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(ONE_CLICK);
  });
}

if (process.send) {
  process.once('message', async ({ port, paths }: { port: number; paths: string[] }) => {
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const start = performance.now();
    const asking = Array.from({ length: CONNECTIONS }, () => askInTurn(agent, port, paths));
    const count = paths.length + CONNECTIONS;
    await Promise.all(asking).then(
      () => process.send!({ perSecond: count / ((performance.now() - start) / 1000) }),
      (error: Error) => process.send!({ fault: error.message }),
    );
    process.disconnect();
    agent.destroy();
  });
}
