/** The settings of a relay on this machine, without a limit, without TLS and a login unless a test asks for them. */
import { noLimits } from '../../src/ledger/relays/terms.ts';
import type { RelaySettings } from '../../src/ports.ts';

export const relaySettings = (port: number, more: Partial<RelaySettings> = {}): RelaySettings => ({
  ...noLimits,
  name: 'sink',
  host: '127.0.0.1',
  port,
  secure: false,
  user: null,
  pass: null,
  pool: 1,
  tls: 'opportunistic',
  for: 'all',
  headers: {},
  dkim: [],
  unsigned: [],
  ...more,
});
