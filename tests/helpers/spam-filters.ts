/** SpamAssassin and rspamd, the two filters that most mail servers run, with local rules only and no network. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './redis-server.ts';
import { provide, rspamd, spamAssassin } from './setup/programs.ts';
import { until } from './until.ts';

/** Rule -> points; those below zero speak for the mail. */
export type Verdict = Readonly<Record<string, number>>;

/** `spamassassin -L -t`, with no preferences but those of the package. */
export async function askSpamAssassin(message: Buffer): Promise<Verdict> {
  const home = await mkdtemp(join(tmpdir(), 'postrider-test-spamassassin-'));
  try {
    const child = spawn(provide(spamAssassin), ['-L', '-t'], { env: { ...process.env, HOME: home } });
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    child.stderr.resume();
    child.stdin.end(message);
    const [code] = (await once(child, 'close')) as [number];
    const report = Buffer.concat(said).toString('utf8').split('Content analysis details:')[1];
    if (code !== 0 || report === undefined) throw new Error(`spamassassin ended with ${code} and no report`);
    const rules = report.matchAll(/^\s*(-?\d+\.\d+)\s+([A-Z][A-Z0-9_]+)\b/gm);
    return Object.fromEntries([...rules].map(([, points, rule]) => [rule!, Number(points)]));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** What asks DNS, Redis or the web, and what remembers earlier mails. */
const SILENT =
  `antivirus arc asn bimi clickhouse dcc dkim_signing dmarc elastic external_relay external_services
  fuzzy_check greylist hfilter history_redis http_headers metric_exporter mid multimap mx_check neural p0f phishing ratelimit rbl redis
  replies reputation rspamd_update spf surbl url_redirector whitelist`.split(/\s+/);

/** A filter on a port of this machine, with the rules of the package. */
export class Rspamd {
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #folder: string;

  private constructor(child: ChildProcess, url: string, folder: string) {
    this.#child = child;
    this.#url = url;
    this.#folder = folder;
  }

  static async start(): Promise<Rspamd> {
    const folder = await mkdtemp(join(tmpdir(), 'postrider-test-rspamd-'));
    const port = await freePort();
    await settle(folder, port);
    const places = ['DBDIR', 'RUNDIR', 'LOGDIR', 'LOCAL_CONFDIR'].map((name) => `--var=${name}=${folder}`);
    const user = process.getuid?.() === 0 ? ['-u', 'root', '-g', 'root', '-i'] : [];
    const args = ['-f', ...user, '-c', join(folder, 'rspamd.conf'), ...places];
    const child = spawn(provide(rspamd), args, { stdio: 'ignore' });
    const url = `http://127.0.0.1:${port}`;
    const answers = () =>
      fetch(`${url}/ping`, { signal: AbortSignal.timeout(1_000) }).then((answer) => answer.ok);
    await until('rspamd answers', () => answers().catch(() => false), {
      withinMs: 60_000,
      found: () => `exit code ${child.exitCode}`,
    });
    return new Rspamd(child, url, folder);
  }

  /** As a mail server asks that got the message from `mail.example.org`. */
  async ask(message: Buffer): Promise<Verdict> {
    const headers = {
      IP: '93.184.216.34',
      Hostname: 'mail.example.org',
      Helo: 'mail.example.org',
      From: 'news@example.org',
      Rcpt: 'grace@example.net',
    };
    const body = new Uint8Array(message);
    const answer = await fetch(`${this.#url}/checkv2`, { method: 'POST', headers, body });
    const { symbols } = (await answer.json()) as { symbols: Record<string, { score: number }> };
    return Object.fromEntries(Object.entries(symbols).map(([rule, { score }]) => [rule, score]));
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function settle(folder: string, port: number): Promise<void> {
  await mkdir(join(folder, 'local.d'));
  for (const module of SILENT)
    await writeFile(join(folder, 'local.d', `${module}.conf`), 'enabled = false;\n');
  // The package's list takes half a minute to compile.
  await writeFile(join(folder, 'endings.dat'), 'com\norg\nnet\nio\ncn\ntech\nexample\n');
  await writeFile(
    join(folder, 'rspamd.conf'),
    `.include "$CONFDIR/common.conf"
options {
  pidfile = "${folder}/rspamd.pid";
  tempdir = "${folder}";
  url_tld = "${folder}/endings.dat";
  # Nobody answers there.
  dns { nameserver = ["127.0.0.1:1"]; timeout = 0.05s; retransmits = 1; }
  filters = "chartable,regexp";
  disable_hyperscan = true;
}
logging { type = "file"; filename = "${folder}/rspamd.log"; level = "error"; }
worker "normal" { bind_socket = "127.0.0.1:${port}"; count = 1; .include "$CONFDIR/worker-normal.inc" }
`,
  );
}
