/** Tags, types of attributes, segments, and imports that can be resumed. */
export const audience = `
-- Lower case, without duplicates. What the newsletter's editors say about the person.
ALTER TABLE subscriptions ADD COLUMN tags text[] NOT NULL DEFAULT '{}';
CREATE INDEX subscriptions_tags ON subscriptions USING gin (tags) WHERE tags <> '{}';

-- The attributes that readers of a newsletter have, and how segments read their values, which stay texts.
CREATE TABLE attributes (
  newsletter_id bigint NOT NULL REFERENCES newsletters ON DELETE CASCADE,
  name text NOT NULL,
  type text NOT NULL CHECK (type IN ('text','number','date','boolean')),
  -- by an operator; otherwise inferred from the values, until one does not fit
  declared boolean NOT NULL DEFAULT false,
  PRIMARY KEY (newsletter_id, name)
);
INSERT INTO attributes (newsletter_id, name, type)
SELECT s.newsletter_id, a.name, CASE
    WHEN bool_and(a.value ~ '^-?(0|[1-9]\\d{0,14})(\\.\\d{1,9})?$') THEN 'number'
    WHEN bool_and(a.value ~ '^\\d{4}[-/.]\\d{2}[-/.]\\d{2}($|[T ])') THEN 'date'
    WHEN bool_and(lower(a.value) IN ('true','false','yes','no')) THEN 'boolean'
    ELSE 'text' END
FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
CROSS JOIN LATERAL jsonb_each_text(p.attributes) AS a(name, value)
WHERE p.attributes <> '{}' GROUP BY 1, 2;

CREATE TABLE segments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  newsletter_id bigint NOT NULL REFERENCES newsletters ON DELETE CASCADE,
  name text NOT NULL,
  expression text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (newsletter_id, name)
);

-- The segment that an order is restricted to, as it was then; null: everybody. Its keys are those of Segment.
ALTER TABLE sends ADD COLUMN segment jsonb;
`;
