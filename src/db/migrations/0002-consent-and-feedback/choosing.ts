/** What readers choose, and how they leave. */
export const choosing = `
ALTER TABLE subscriptions
  -- each issue, the first of each month, or a digest: the titles of a month in one mail
  ADD COLUMN frequency text NOT NULL DEFAULT 'each' CHECK (frequency IN ('each','first','digest')),
  -- nothing is planned for them before
  ADD COLUMN paused_until timestamptz;
`;
