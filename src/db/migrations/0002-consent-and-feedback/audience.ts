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

-- Checking these keys row by row took half of an import's time. Triggers keep the same promises: a subscription names a
-- newsletter and a subscriber who exist, which one look-up for each statement checks and locks; and what hangs on a
-- deleted row goes, or lets go, with it.
ALTER TABLE subscriptions DROP CONSTRAINT subscriptions_newsletter_id_fkey;
ALTER TABLE subscriptions DROP CONSTRAINT subscriptions_subscriber_id_fkey;
ALTER TABLE consent_records DROP CONSTRAINT consent_records_newsletter_id_fkey;
ALTER TABLE consent_records DROP CONSTRAINT consent_records_subscriber_id_fkey;
CREATE FUNCTION keep_newsletter_with_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM subscriptions WHERE newsletter_id = OLD.id)
    OR EXISTS (SELECT FROM consent_records WHERE newsletter_id = OLD.id) THEN
    RAISE foreign_key_violation USING MESSAGE = format('newsletter %s has subscriptions or consent records', OLD.id);
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER keep_newsletter_with_people BEFORE DELETE ON newsletters
  FOR EACH ROW EXECUTE FUNCTION keep_newsletter_with_people();
CREATE FUNCTION delete_with_subscriber() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM subscriptions WHERE subscriber_id = OLD.id;
  UPDATE consent_records SET subscriber_id = NULL WHERE subscriber_id = OLD.id;
  RETURN NULL;
END $$;
CREATE TRIGGER delete_with_subscriber AFTER DELETE ON subscribers
  FOR EACH ROW EXECUTE FUNCTION delete_with_subscriber();
-- An array, so that the planner looks each of them up in the index however many it expects.
CREATE FUNCTION check_new_subscriptions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found bigint;
BEGIN
  PERFORM FROM newsletters n WHERE n.id = ANY(ARRAY(SELECT DISTINCT newsletter_id FROM fresh)) FOR KEY SHARE;
  GET DIAGNOSTICS found = ROW_COUNT;
  IF found < (SELECT count(DISTINCT newsletter_id) FROM fresh) THEN
    RAISE foreign_key_violation USING MESSAGE = 'a subscription names a newsletter that does not exist';
  END IF;
  PERFORM FROM subscribers p WHERE p.id = ANY(ARRAY(SELECT DISTINCT subscriber_id FROM fresh)) FOR KEY SHARE;
  GET DIAGNOSTICS found = ROW_COUNT;
  IF found < (SELECT count(DISTINCT subscriber_id) FROM fresh) THEN
    RAISE foreign_key_violation USING MESSAGE = 'a subscription names a subscriber who does not exist';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER check_new_subscriptions AFTER INSERT ON subscriptions
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION check_new_subscriptions();

-- Imports that have not ended: what a second run of the same files needs to continue where the first was killed. The
-- fingerprint is a hash of the files and options.
CREATE TABLE imports (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fingerprint text NOT NULL UNIQUE,
  -- transactions that were committed, and what they counted
  steps int NOT NULL DEFAULT 0,
  counts jsonb NOT NULL DEFAULT '{}',
  started_at timestamptz NOT NULL DEFAULT now()
);
-- Lines that were not taken because of what the database says about the person; no addresses.
CREATE TABLE import_lines (
  import_id bigint NOT NULL REFERENCES imports ON DELETE CASCADE,
  step int NOT NULL,
  lines jsonb NOT NULL,
  PRIMARY KEY (import_id, step)
);
`;
