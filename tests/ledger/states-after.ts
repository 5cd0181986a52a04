import type { DeliveryState } from '../../src/db/schema.ts';
import { moves } from '../../src/ledger/moves/transitions.ts';

/** The states that some move of the table leads to from this one. */
export const statesAfter = (from: DeliveryState): string[] =>
  Object.values(moves).flatMap((move) =>
    Object.entries(move)
      .filter(([, states]) => (states as readonly DeliveryState[]).includes(from))
      .map(([to]) => to),
  );
