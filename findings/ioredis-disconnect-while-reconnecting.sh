#!/usr/bin/env bash
# ioredis 6.0.0: disconnect() between two attempts to reconnect never says `end`, and the queued commands never settle.
#
# While the server is away, a client is in the status `reconnecting` most of the time. disconnect() then clears the
# timer of the next attempt and does nothing else: no `end` event, no rejection for the commands in the offline queue,
# although the same call in any other status gives both. Whoever awaits either waits for ever. BullMQ 6.7.0 does: when a
# worker closes, it disconnects its blocking connection and waits for `end`, so worker.close() never settles if it falls
# into that moment, as it does in an outage or a fail-over.
#
# Output seen:
#   ioredis: reconnecting after disconnect(); end: never, queued command: never
#   BullMQ: worker.close() while its server is away: never
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ioredis@6.0.0 bullmq@6.7.0 > npm.log 2>&1 || { cat npm.log; exit 1; }

cat > outage.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';

// Long against an attempt (100 ms) and against what a disconnect takes in any other status.
const PATIENCE_MS = 5_000;
const settles = (promise) =>
  Promise.race([
    promise.then(() => 'yes', () => 'yes'),
    new Promise((done) => setTimeout(() => done('never'), PATIENCE_MS)),
  ]);

// A server that is gone: every connection is refused.
const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
server.close();
const options = { host: '127.0.0.1', port, maxRetriesPerRequest: null, retryStrategy: () => 1_000 };
const reconnecting = (redis) => new Promise((seen) => redis.once('reconnecting', seen));

const redis = new Redis(options);
redis.on('error', () => {});
const queued = redis.get('key');
await reconnecting(redis);
const ended = new Promise((seen) => redis.once('end', seen));
redis.disconnect();
const [end, command] = await Promise.all([settles(ended), settles(queued)]);
console.log(`ioredis: ${redis.status} after disconnect(); end: ${end}, queued command: ${command}`);

const connection = new Redis(options);
connection.on('error', () => {});
const worker = new Worker('queue', async () => {}, { connection });
worker.on('error', () => {});
await reconnecting(connection);
console.log(`BullMQ: worker.close() while its server is away: ${await settles(worker.close())}`);
process.exit();
JS

node outage.mjs | tee seen.txt
diff seen.txt - <<'TXT'
ioredis: reconnecting after disconnect(); end: never, queued command: never
BullMQ: worker.close() while its server is away: never
TXT
