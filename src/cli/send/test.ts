/** `postrider issue test`: test messages, outside the ledger. */
import { findReader } from '../../audience/reader.ts';
import { refuseUnreadable } from '../../authoring/sendable.ts';
import type { Db } from '../../db/connection.ts';
import { Refused } from '../../errors.ts';
import { findIssue } from '../../issue/find.ts';
import type { Reader } from '../../render/edition/edition.ts';
import { relayFor } from '../../sends/start.ts';
import type { OpenContext } from '../context.ts';
import { out } from '../output.ts';
import { prepare } from './prepare.ts';

export async function sendTests(
  open: OpenContext,
  reference: string,
  addresses: string[],
  options: { as?: string },
): Promise<void> {
  const { program } = await open();
  const as = options.as === undefined ? null : await subscriber(program.db, options.as);
  const found = await findIssue(program.db, reference);
  const prepared = await prepare(program, found);
  refuseUnreadable(found, prepared);
  const relay = relayFor(program.relays, prepared.newsletter.relay);
  const { sendTest } = await import('../../sends/test-message.ts');
  const sent = await sendTest(
    relay,
    program.clock,
    prepared.edition,
    addresses,
    program.config.publicUrl,
    as,
  );
  out(
    { issue: found.name, sent },
    sent.map((one) => `${one.accepted ? 'accepted' : 'refused '} ${one.email}  ${one.reply}`).join('\n'),
  );
  if (sent.some((one) => !one.accepted)) process.exitCode = 1;
}

async function subscriber(db: Db, address: string): Promise<Reader> {
  const reader = await findReader(db, address);
  if (!reader)
    throw new Refused(
      'unknown-subscriber',
      `expected a subscriber's address after --as, nobody has ${address}`,
    );
  return reader;
}
