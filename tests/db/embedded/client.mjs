/** A process that uses the embedded database until SIGTERM, for tests: `node client.mjs HOME [OVERRIDES]`. */

import { thisMachine } from '../../../dist/src/db/embedded/machine.js';
import { openEmbedded } from '../../../dist/src/db/embedded/open.js';

const [home, overrides = '{}'] = process.argv.slice(2);
const { forbidNamespaces, ...rest } = JSON.parse(overrides);
const machine = { ...thisMachine(), ...rest };
if (forbidNamespaces) machine.canMap = async () => false;

const say = (word) => (fields, text) =>
  process.stderr.write(`${word} ${text} ${fields.err?.message ?? ''}\n`);
const log = { info: say('info'), warn: say('warn'), error: say('error') };
const tell = (sentence) => process.stdout.write(`tell ${sentence}\n`);

const alive = setInterval(() => {}, 1_000);
const database = await openEmbedded({ home, log, tell }, machine).catch((error) => {
  process.stdout.write(`${error.name} ${error.code}: ${error.message}\n`);
  process.exit(1);
});
process.once('SIGTERM', async () => {
  await database.close();
  clearInterval(alive);
  process.stdout.write('closed\n');
});
process.stdout.write(`open ${database.url}\n`);
