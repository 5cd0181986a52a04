/** Relays at rest: what a relay says of its own limits, kept for all workers and for people to read. */
export const relayRests = {
  version: 14,
  name: 'relay-rests',
  /** An older worker goes on beside it, and asks a relay at rest again by itself. */
  compatible: 12,
  sql: `
ALTER TABLE relays
  -- nothing goes to it before; null: it does not rest
  ADD COLUMN rests_until timestamptz,
  -- when what it takes of us is full again, where it is asked earlier
  ADD COLUMN rest_ends timestamptz,
  -- what it said, without addresses
  ADD COLUMN rest_why text,
  -- when a message that was taken, or a person, ended a rest
  ADD COLUMN rest_lifted_at timestamptz;
`,
} as const;
