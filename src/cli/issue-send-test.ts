/** `postrider issue test`: test messages, outside the ledger. */
import { relayFor } from '../delivery/send.ts';
import { findIssue } from '../issue/find.ts';
import { prepare, refuseUnreadable } from './issue-send-prepare.ts';
import { type OpenContext, out } from './shared.ts';

export async function sendTests(open: OpenContext, reference: string, addresses: string[]): Promise<void> {
  const { wire } = await open();
  const found = await findIssue(wire.db, reference);
  const prepared = await prepare(wire, found);
  refuseUnreadable(found, prepared);
  const relay = relayFor(wire.relays, prepared.newsletter.relay);
  const { sendTest } = await import('../delivery/test-message.ts');
  const sent = await sendTest(relay, wire.clock, prepared.edition, addresses, wire.config.publicUrl);
  out(
    { issue: found.name, sent },
    sent.map((one) => `${one.accepted ? 'accepted' : 'refused '} ${one.email}  ${one.reply}`).join('\n'),
  );
  if (sent.some((one) => !one.accepted)) process.exitCode = 1;
}
