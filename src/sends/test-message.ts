/** A test message: an edition sent to chosen addresses, marked as a test, outside the ledger. */
import { randomBytes } from 'node:crypto';
import { readAddress } from '../consent/identity.ts';
import type { Clock, HandOver, Relay } from '../ports.ts';
import type { Edition, Reader } from '../render/edition/edition.ts';
import { compileMessages } from '../render/message/message.ts';

export interface TestResult {
  email: string;
  accepted: boolean;
  reply: string;
}

/**
 * With `as`, its slots are filled for that reader; without, for the address that it goes to. Throws
 * Refused('bad-address') before anything is sent, RelayDown or RelayRefusesLogin.
 */
export async function sendTest(
  relay: Relay,
  clock: Clock,
  edition: Edition,
  addresses: readonly string[],
  publicUrl: string,
  as: Reader | null = null,
): Promise<TestResult[]> {
  const readers = addresses.map((address) => readAddress(address));
  const fill = compileMessages(
    { ...edition, subject: `[TEST] ${edition.subject}` },
    { headers: { ...relay.settings.headers } },
  );
  const connection = await relay.open();
  const results: TestResult[] = [];
  try {
    for (const { email } of readers) {
      const bytes = fill({
        to: { name: '', address: email },
        reader: as ?? { email, name: null, language: edition.language, attributes: {} },
        // A test's links do nothing: the recipient may not be a subscriber.
        links: { view: edition.archiveUrl ?? undefined, unsubscribe: `${publicUrl}/unsubscribe/test` },
        messageId: `test.${randomBytes(9).toString('base64url')}@${edition.from.address.split('@').at(-1)}`,
        deliveryId: null,
        date: clock.now(),
      });
      const end = await connection.handOver(
        { from: edition.from.address, to: email },
        bytes,
        async () => true,
        () => true,
      );
      results.push({ email, accepted: end.kind === 'accepted', reply: answerText(end) });
    }
  } finally {
    await connection.close();
  }
  return results;
}

function answerText(end: HandOver): string {
  return end.kind === 'accepted' || end.kind === 'answered' ? `${end.reply.code} ${end.reply.text}` : end.why;
}
