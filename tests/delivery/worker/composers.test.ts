import { expect, test } from 'vitest';
import { Keys } from '../../../src/consent/keys.ts';
import { readReturnPath } from '../../../src/consent/mail/mail-tokens.ts';
import type { NoticeName } from '../../../src/db/schema.ts';
import { Composers } from '../../../src/delivery/worker/composers.ts';
import { Refused } from '../../../src/errors.ts';
import { systemClock } from '../../../src/io/clock.ts';
import type { LeasedDelivery } from '../../../src/ledger/lease.ts';
import { MessageMemory } from '../../../src/render/message/message.ts';
import { EmailFiles } from '../../../src/render/theme/email-files.ts';
import { insertNewsletter } from '../../helpers/rows.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';

const database = useTestDatabase();

const keys = new Keys(['a secret of at least thirty-two bytes']);

const composers = (more: Partial<ConstructorParameters<typeof Composers>[0]> = {}) =>
  new Composers({
    db: database.db,
    keys,
    emails: new EmailFiles(null),
    publicUrl: 'https://example.org',
    clock: systemClock,
    ...more,
  });

let ids = 0;

const delivery = (more: Partial<LeasedDelivery>): LeasedDelivery => ({
  issueId: 0,
  id: ++ids,
  kind: 'notice',
  notice: 'data-link',
  about: null,
  lane: 'service',
  newsletterId: 0,
  subscriberId: null,
  subscriptionId: null,
  email: 'a@example.org',
  state: 'planned',
  fence: 0,
  attempts: 0,
  firstAttemptAt: null,
  waitedMs: null,
  name: null,
  language: null,
  attributes: null,
  linkKey: null,
  requestKey: null,
  editionId: null,
  ...more,
});

test('an issue without an edition refuses nobody: the fault is no refusal of a reader', async () => {
  const lost = delivery({ issueId: 4_711, kind: 'issue', lane: 'other', editionId: 1 });
  const compose = await composers().prepare([lost], {});
  const fault = await Promise.resolve()
    .then(() => compose(lost, new MessageMemory()))
    .catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(Error);
  expect(fault).not.toBeInstanceOf(Refused);
});

test('a notice that only a newer release knows waits for it, and stops no other mail of its batch', async () => {
  const newsletterId = await insertNewsletter(database.db);
  const known = delivery({ newsletterId });
  const unknown = delivery({ newsletterId, notice: 'of-tomorrow' as NoticeName });
  const compose = await composers().prepare([unknown, known], {});
  expect(() => compose(unknown)).toThrow('only a newer Postrider knows');
  expect(() => compose(unknown)).not.toThrow(Refused);
  expect(compose(known).bytes.toString()).toContain('Subject: Your data at Weekly');
});

test('the service mails of one batch are composed each for its own newsletter', async () => {
  const { db } = database;
  const one = delivery({ newsletterId: await insertNewsletter(db, { from_address: 'one@example.org' }) });
  const two = delivery({ newsletterId: await insertNewsletter(db, { from_address: 'two@example.org' }) });
  const compose = await composers().prepare([one, two, one], {});
  expect([one, two].map((mail) => compose(mail).envelope.from)).toEqual([
    'one@example.org',
    'two@example.org',
  ]);
});

test('with a bounce domain the envelope names the delivery, and without one the newsletter', async () => {
  const newsletterId = await insertNewsletter(database.db);
  const one = delivery({ newsletterId, id: 4_711, linkKey: 12 });
  const compose = await composers({ bounceDomain: 'bounces.example.org' }).prepare([one], {});
  const { from } = compose(one).envelope;
  expect(from).toMatch(/^bounce\+[a-z2-7]+@bounces\.example\.org$/);
  expect(readReturnPath(keys, from)).toEqual({ issue: 0, delivery: 4_711, linkKey: 12 });
  expect((await composers().prepare([one], {}))(one).envelope.from).toBe('news@example.org');
});
