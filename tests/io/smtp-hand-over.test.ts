import { afterEach, expect, test } from 'vitest';
import type { RelaySettings, Wire } from '../../src/delivery/ports.ts';
import { smtpRelay } from '../../src/io/smtp/relay.ts';
import { type Sink, startSink } from '../helpers/sink.ts';

let sink: Sink;
let wire: Wire | undefined;
afterEach(async () => {
  await wire?.close();
  await sink?.close();
});

const times = { commandMs: 2_000, dotMs: 2_000 };
const message = Buffer.from(
  'From: a@example.org\r\nTo: b@example.org\r\nMessage-ID: <1.2@example.org>\r\n\r\nHello.\r\n',
);
const granted = async () => true;
const fresh = () => true;

const settings = (port: number): RelaySettings => ({
  name: 'sink',
  host: '127.0.0.1',
  port,
  secure: false,
  user: null,
  pass: null,
  pool: 1,
  rate: 0,
  tls: 'opportunistic',
  for: 'all',
  headers: {},
  dkim: [],
});

test("a message whose mark is granted is accepted, with the relay's reply", async () => {
  sink = await startSink();
  wire = await smtpRelay(settings(sink.port), times).open();
  const end = await wire.handOver({ from: 'a@example.org', to: 'b@example.org' }, message, granted, fresh);
  expect(end).toMatchObject({ kind: 'accepted', reply: { code: 250 } });
});
