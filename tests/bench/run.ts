/**
 * `npm run bench`: how fast a whole send is, against Postfix' own load generator and against a plain loop
 * (docs/speed.md). Every ratio is the median of interleaved pairs into the same smtp-sink.
 */
import { parseArgs } from 'node:util';
import { openHarness } from './harness.ts';
import { load } from './measure.ts';
import { oneClickPart } from './one-click.ts';
import { fanOutPart, firstPart, loopPart, sourcePart } from './parts.ts';
import { dkimPart, latencyPart, memoryPart, workersPart } from './scale.ts';

const parts = {
  source: sourcePart,
  loop: loopPart,
  fanout: fanOutPart,
  first: firstPart,
  dkim: dkimPart,
  workers: workersPart,
  latency: latencyPart,
  memory: memoryPart,
  oneclick: oneClickPart,
};

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: Object.keys(parts).join() },
    pairs: { type: 'string', default: '5' },
    messages: { type: 'string', default: '15000' },
    connections: { type: 'string', default: '50' },
    audience: { type: 'string', default: '100000' },
    profile: { type: 'string' },
  },
});

const wanted = values.parts.split(',');
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) throw new Error(`no part ${unknown.join()}; there are ${Object.keys(parts).join()}`);
const number = (name: 'pairs' | 'messages' | 'connections' | 'audience') => {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} wants a whole number from 1 up`);
  return value;
};
const options = {
  pairs: number('pairs'),
  messages: number('messages'),
  connections: number('connections'),
  audience: number('audience'),
  profile: values.profile ?? null,
};

const tell = (line: string) => process.stdout.write(`${line}\n`);
const harness = await openHarness(options.connections);
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
const interrupted = new Promise<never>((_, reject) =>
  ended.signal.addEventListener('abort', () => reject(new Error('interrupted'))),
);
try {
  for (const name of wanted) {
    tell(`\n${name} (load ${load()})`);
    await Promise.race([parts[name as keyof typeof parts](harness, options, tell), interrupted]);
  }
} finally {
  await harness.close();
}
process.exit();
