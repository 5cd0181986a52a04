/**
 * The tallies are kept by triggers, so that no statement that moves deliveries can forget them. Statements name the
 * partition that they work on (so that PostgreSQL need not open all of them). Triggers on the parent table do not fire
 * for those statements, so each partition has triggers of its own.
 */
const STATES = ['planned', 'handing', 'deferred', 'accepted', 'refused', 'skipped', 'unknown'] as const;

const each = (expression: (state: string) => string): string => STATES.map(expression).join(', ');

/**
 * Adds up the moves of a statement: rows of issue_id, lane, state and n, which is 1 for a row that enters the state and
 * -1 for one that leaves it.
 */
const tally = (name: string, moves: string): string => `
CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tallies AS t (issue_id, shard, lane, ${STATES.join(', ')})
  SELECT issue_id, pg_backend_pid() % 64, lane,
    ${each((state) => `coalesce(sum(n) FILTER (WHERE state = '${state}'), 0)`)}
  FROM (${moves}) moves
  GROUP BY issue_id, lane ORDER BY issue_id, lane
  ON CONFLICT (issue_id, shard, lane) DO UPDATE SET
    ${each((state) => `${state} = t.${state} + excluded.${state}`)};
  RETURN NULL;
END $$;
`;
const came = 'SELECT issue_id, lane, state, 1 AS n FROM new_rows';
const went = 'SELECT issue_id, lane, state, -1 AS n FROM old_rows';

/** The triggers of one table, or of the table that a format placeholder stands for. */
const triggersOn = (table: string): string[] => [
  `CREATE TRIGGER deliveries_inserted AFTER INSERT ON ${table} REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_inserted()`,
  `CREATE TRIGGER deliveries_updated AFTER UPDATE ON ${table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_updated()`,
  `CREATE TRIGGER deliveries_deleted AFTER DELETE ON ${table} REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_deleted()`,
];

export const tallies = [
  tally('tally_inserted', came),
  tally('tally_updated', `${came} UNION ALL ${went}`),
  tally('tally_deleted', went),
  `-- For each partition, before it is attached.
CREATE OR REPLACE FUNCTION add_tally_triggers(part regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
${triggersOn('%s')
  .map((trigger) => `  EXECUTE format('${trigger}', part);`)
  .join('\n')}
END $$;
`,
].join('');

/** For the ledger as the first migration makes it: statements on the parent, and on its first partitions. */
export const triggers = `
${triggersOn('deliveries').join(';\n')};
SELECT add_tally_triggers('deliveries_service');
SELECT add_tally_triggers('deliveries_1');
`;
