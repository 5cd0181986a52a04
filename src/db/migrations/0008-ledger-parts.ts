/**
 * The ledger's partitions by name: the statement of the hot path moves rows in the one table that they stand in, and
 * need not open all of them for each group. Triggers of the parent do not see that, so each partition keeps the tallies
 * by triggers of its own. And more room in the pages, so that marks and settles find place beside the row.
 */
export const ledgerParts = {
  version: 8,
  name: 'ledger-parts',
  /** An older program would make partitions that keep no tallies by themselves. */
  compatible: 8,
  sql: `
CREATE FUNCTION keep_tallies(part regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER deliveries_inserted AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_inserted()', part);
  EXECUTE format('CREATE TRIGGER deliveries_updated AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_updated()', part);
  EXECUTE format('CREATE TRIGGER deliveries_deleted AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_deleted()', part);
END $$;

DO $$
DECLARE part regclass;
BEGIN
  FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'deliveries'::regclass LOOP
    PERFORM keep_tallies(part);
    EXECUTE format('ALTER TABLE %s SET (fillfactor = 40)', part);
  END LOOP;
END $$;
`,
} as const;
