/** `postrider issue reconcile`: settles the unknown deliveries of an issue by the editor's word or by the relay's log. */
import { readAddress } from '../../consent/identity.ts';
import { Usage } from '../../errors.ts';
import { findIssue } from '../../issue/find.ts';
import { reopenIfSent } from '../../issue/state.ts';
import { settleUnknown } from '../../ledger/unknown-outcomes.ts';
import type { OpenContext } from '../context.ts';
import { tell } from '../output.ts';
import { counted } from '../text.ts';
import { showStatus } from './show-status.ts';
import { refuseEnded } from './started-send.ts';

interface ReconcileOptions {
  accept?: boolean;
  resend?: boolean;
  relayLog: string[];
}

export async function reconcile(
  open: OpenContext,
  reference: string,
  addresses: string[],
  options: ReconcileOptions,
): Promise<void> {
  const identities =
    addresses.length === 0 ? null : addresses.map((address) => readAddress(address).identity);
  if (options.relayLog.length > 0) {
    const { reconcileByLog } = await import('./relay-log.ts');
    return reconcileByLog(open, reference, identities, options);
  }
  if (Boolean(options.accept) === Boolean(options.resend))
    throw new Usage(
      'give one of --accept (they arrived), --resend (send them again) and --relay-log FILE (see what the relay did)',
    );
  const { program } = await open();
  const found = await findIssue(program.db, reference);
  if (options.resend) refuseEnded(found);
  const verdict = options.accept ? 'accept' : 'resend';
  const moved = await program.db.transaction().execute(async (trx) => {
    const settled = await settleUnknown(trx, found.id, verdict, 'editor', identities);
    if (settled > 0 && verdict === 'resend') await reopenIfSent(trx, found.id);
    return settled;
  });
  tell(`${counted(moved, 'unknown delivery', 'unknown deliveries')} settled`);
  await showStatus(program.db, found.id);
}
