/** Anonymizes deliveries of erased people that were being handed over at the moment of the erasure. */
import { anonymizeSettled } from '../../../ledger/anonymize.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const erasedPeople: HousekeepingService = {
  name: 'erased-people',
  periodMs: everySweep,
  run: ({ db }) => anonymizeSettled(db),
};
