/** Links name people, not row numbers: a restored dump, or a new database, gives the same numbers to other people. */
export const links = `
-- 48 random bits: enough that no two people ever share one by accident, and exact as a JavaScript number. It is no
-- secret; the signature protects the link.
CREATE OR REPLACE FUNCTION new_link_key() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT ('x' || right(gen_random_uuid()::text, 12))::bit(48)::bigint
$$;

-- Whom a link names: the subscriber's id; 0 for somebody who was erased and has not come back; null for nobody here.
-- Somebody who came back after an erasure has a new row, but the same mailbox: their old mails still unsubscribe them.
CREATE OR REPLACE FUNCTION subscriber_of_link(p_subscriber bigint, p_link_key bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE person bigint;
BEGIN
  SELECT id INTO person FROM subscribers WHERE id = p_subscriber AND link_key = p_link_key;
  IF FOUND THEN RETURN person; END IF;
  SELECT coalesce(max(b.subscriber_id), 0) INTO person
  FROM suppressions e JOIN suppressions b ON b.identity_hash = e.identity_hash AND b.link_key IS NOT NULL
  WHERE e.link_key = p_link_key HAVING count(*) > 0;
  RETURN person;
END $$;
`;
