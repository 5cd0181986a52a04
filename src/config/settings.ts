/** Every variable that Postrider reads. Tests compare docs/settings.md and `.env.example` with this table. */

export interface Setting {
  readonly name: string;
  readonly what: string;
  /** As it reads in the table of docs/settings.md. */
  readonly default: string;
}

export const settings = [
  {
    name: 'DATABASE_URL',
    what: '`postgres://user:password@host:5432/database`, PostgreSQL 14 or newer, reached without a transaction pooler',
    default: 'a PostgreSQL of its own in the data folder',
  },
  {
    name: 'REDIS_URL',
    what: '`redis://` or `rediss://`, Redis 6.2 or newer or Valkey; needs `DATABASE_URL`',
    default: 'the queue lives in PostgreSQL',
  },
  {
    name: 'SMTP_URL',
    what: 'one or more `smtp://user:password@host:587` or `smtps://`, separated by blanks, the first the default; options `?name=&pool=10&rate=0&minute=0&hour=0&day=0&connections=0&messages=0&weight=1&direct=yes|no&tls=required|opportunistic&dkim=domain:selector:/path.pem&unsigned=message-id,date&for=issues|service|all&idle=20&profile=NAME|none&header.X-Name=value`; TLS is required from `smtps://`, and wherever a user is given and the relay is not this machine',
    default: 'the built-in inbox',
  },
  {
    name: 'PUBLIC_URL',
    what: 'where readers reach Postrider; may have a path; https in production',
    default: '`http://localhost:PORT`',
  },
  { name: 'MEDIA_URL', what: 'where a CDN serves pictures from', default: '`PUBLIC_URL`' },
  {
    name: 'POSTRIDER_SECRET',
    what: 'signs links and hashes suppressed addresses; at least 32 bytes; several separated by commas, newest first; part of every backup',
    default: 'created once in the data folder',
  },
  {
    name: 'POSTRIDER_FORGET_KEYS',
    what: 'for one start: ids of keys that are given up, with their links in sent mails and their hashes of erased people; a start without a secret that is still needed is refused and names them',
    default: 'none',
  },
  { name: 'POSTRIDER_HOME', what: 'the data folder', default: '`./.postrider`' },
  {
    name: 'EMAILS_DIR',
    what: 'a folder whose files override those of the built-in `emails/`, one by one',
    default: 'none',
  },
  {
    name: 'TRUST_PROXY',
    what: 'how many proxies stand in front, or their addresses or CIDRs separated by commas; otherwise forwarded headers are ignored',
    default: 'none',
  },
  {
    name: 'BOUNCE_DOMAIN',
    what: 'the domain of return paths, `bounce+token@BOUNCE_DOMAIN`, whose mail reaches Postrider',
    default: "bounces go to the newsletter's address",
  },
  {
    name: 'FEEDBACK_IMAP_URL',
    what: '`imaps://user:password@host/folder`, the mailbox that bounces and complaints arrive in; the folder is `INBOX` if left out; option `?done=FOLDER` moves what was read there instead of deleting it',
    default: 'none',
  },
  {
    name: 'FEEDBACK_SECRETS',
    what: 'the keys that mail providers sign their events with: `mailgun:KEY` and `resend:whsec_KEY`, separated by blanks; several of one provider while one is replaced',
    default: 'none',
  },
  {
    name: 'FEEDBACK_LMTP_PORT',
    what: 'the port on `FEEDBACK_HOST` where a mail server hands over the mail of `BOUNCE_DOMAIN` by LMTP',
    default: 'none',
  },
  {
    name: 'FEEDBACK_SMTP_PORT',
    what: 'the port on `FEEDBACK_HOST` where the mail of `BOUNCE_DOMAIN` arrives by SMTP',
    default: 'none',
  },
  {
    name: 'FEEDBACK_HOST',
    what: 'the address that these two ports listen on',
    default: '`HOST`',
  },
  {
    name: 'HOST',
    what: 'the address to listen on',
    default: '`127.0.0.1`; the image: `0.0.0.0`',
  },
  { name: 'PORT', what: 'the port to listen on; `0` picks a free one', default: '`3000`' },
  { name: 'METRICS_PORT', what: 'the port that metrics are served on', default: 'no metrics' },
  {
    name: 'LOG_LEVEL',
    what: '`fatal`, `error`, `warn`, `info`, `debug` or `silent`',
    default: '`info`',
  },
  {
    name: 'POSTRIDER_TIMES',
    what: 'times that differ from their defaults, e.g. `lease=30s retry=10s,30s,2m`',
    default:
      '`heartbeat=5s lease=30s sweep=10s retry=10s,30s,2m,10m,30m,1h dot=600s drain=30s fresh=2s expire=48h hold=10m grow=1m rest=1m`',
  },
  {
    name: 'POSTRIDER_KEEP',
    what: 'how long personal data is kept, where it differs from the defaults, e.g. `left=2y consent=forever`',
    default: '`consent=5y origin=1y left=5y reasons=2y feedback=400d suppressions=1y audit=5y`',
  },
  {
    name: 'NODE_ENV',
    what: '`production` makes `SMTP_URL`, `PUBLIC_URL` (https) and `POSTRIDER_SECRET` mandatory',
    default: 'none',
  },
] as const satisfies readonly Setting[];

export type SettingName = (typeof settings)[number]['name'];

/** The secret in `.env.example`. It is always refused: anyone could forge links signed with it. */
export const EXAMPLE_SECRET = 'change-me-to-the-output-of-openssl-rand-base64-48';
