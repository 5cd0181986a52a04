/** All checks of `postrider doctor`, in the order in which they are reported. */
import type { Check } from './check/check.ts';
import { alignmentCheck } from './mail/alignment.ts';
import { dkimKeysCheck } from './mail/dkim-keys.ts';
import { dmarcCheck } from './mail/dmarc.ts';
import { legalCheck } from './mail/legal.ts';
import { ptrCheck } from './mail/ptr.ts';
import { relayCheck } from './mail/relay.ts';
import { returnMailCheck } from './mail/return-mail.ts';
import { signatureCheck } from './mail/signature.ts';
import { spfCheck } from './mail/spf.ts';
import { clockCheck } from './server/clock.ts';
import { databaseCheck } from './server/database.ts';
import { diskCheck } from './server/disk.ts';
import { queueCheck } from './server/queue.ts';
import { sessionCheck } from './server/session.ts';
import { settingsCheck } from './server/settings.ts';
import { clientAddressCheck } from './web/client-address.ts';
import { oneClickCheck } from './web/one-click.ts';
import { publicUrlCheck } from './web/public-url.ts';

export const doctorChecks: readonly Check[] = [
  settingsCheck,
  databaseCheck,
  sessionCheck,
  diskCheck,
  queueCheck,
  clockCheck,
  publicUrlCheck,
  oneClickCheck,
  clientAddressCheck,
  relayCheck,
  spfCheck,
  dkimKeysCheck,
  signatureCheck,
  dmarcCheck,
  alignmentCheck,
  ptrCheck,
  returnMailCheck,
  legalCheck,
];
