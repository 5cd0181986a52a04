/** The schema of release 0.1.0. */
import { functions } from '../functions/functions.ts';
import { triggers } from '../functions/tallies.ts';
import { audience } from './0001-first-release/audience.ts';
import { delivery } from './0001-first-release/delivery.ts';
import { issues } from './0001-first-release/issues.ts';
import { ledger } from './0001-first-release/ledger.ts';
import { sends } from './0001-first-release/sends.ts';

const types = `
CREATE TYPE issue_state AS ENUM ('draft','scheduled','sending','paused','sent','cancelled','archived');
CREATE TYPE delivery_state AS ENUM ('planned','handing','deferred','accepted','refused','skipped','unknown');
CREATE TYPE delivery_kind AS ENUM ('issue','confirmation','welcome','notice');
CREATE TYPE subscription_state AS ENUM ('pending','confirmed','unsubscribed');
`;

export const firstRelease = {
  version: 1,
  name: 'release 0.1.0',
  compatible: 1,
  sql: [types, ...functions, audience, issues, sends, ledger, delivery, triggers].join('\n'),
} as const;
