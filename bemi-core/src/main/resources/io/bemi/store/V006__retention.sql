-- How long the history is kept: what was dropped, by whom, and what stays of it.

-- As before, and from_time = '-infinity' for what has no time.
CREATE OR REPLACE FUNCTION add_partition(table_name text, partition_name text, from_time timestamptz, to_time timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_catalog, pg_temp SET TimeZone = 'UTC' AS $function$
BEGIN
  IF table_name NOT IN ('change', 'context', 'link', 'erased') THEN
    RAISE EXCEPTION '% has no partitions', table_name;
  END IF;
  EXECUTE format('CREATE TABLE ${schema}.%I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition_name, table_name);
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', table_name, partition_name,
                 CASE WHEN from_time = '-infinity' THEN 'MINVALUE' ELSE quote_literal(from_time) END,
                 CASE WHEN from_time = 'infinity' THEN 'MAXVALUE' ELSE quote_literal(to_time) END);
  EXECUTE format('CREATE TRIGGER keep_all BEFORE TRUNCATE ON %I EXECUTE FUNCTION keep()', partition_name);
END
$function$;

-- change_kept, made when history is dropped for the first time, has records as they were when the months of their changes were
-- dropped: one row each, at its place in the history, with operation B and a time before all times, so that it counts at every
-- moment. These are what covers its rows. Kinds of links: K(ept: rows that stay of a month), R(emoved: rows that are in their
-- month no more, or were kept until then, of which erased has the digests, with kind R).
SELECT add_partition('link', 'link_of_kept', '-infinity', '0001-01-01 00:00:00+00');
SELECT add_partition('erased', 'erased_of_kept', '-infinity', '0001-01-01 00:00:00+00');

-- Of the last transaction whose changes were dropped with their month.
ALTER TABLE source ADD COLUMN dropped_position pg_lsn;

-- One row per time that history was dropped, or is to be. before: what was committed earlier goes, in whole months.
-- source, oid: the only table that it goes of; null for all. planned_at: from then on moments before are refused, and nothing
-- turns back. carried: records that stay as they were. removed: rows that were deleted one by one.
CREATE TABLE retention_run (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    before       timestamptz NOT NULL,
    source       integer     REFERENCES source,
    oid          bigint,
    requested_by text        NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    planned_at   timestamptz,
    carried      bigint      NOT NULL DEFAULT 0,
    removed      bigint      NOT NULL DEFAULT 0,
    ended_at     timestamptz,
    outcome      text
);
CREATE INDEX retention_run_open ON retention_run (id) WHERE ended_at IS NULL;

-- How far the tables of a run are. upto: the last place whose changes go. superseded: another history has taken the place of
-- the source's, so that nothing of it stays. after: the last key that was looked at.
CREATE TABLE retention_table (
    run          bigint  NOT NULL REFERENCES retention_run ON DELETE CASCADE,
    source       integer NOT NULL,
    oid          bigint  NOT NULL,
    upto         pg_lsn  NOT NULL,
    superseded   boolean NOT NULL,
    after        text    COLLATE "C",
    completed_at timestamptz,
    PRIMARY KEY (run, source, oid)
);

-- The months that were dropped, or are about to be. changes: rows of bemi.change, of those that were there when it began.
-- archive_rewritten_at: when something was erased from the archive.
CREATE TABLE dropped (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run            bigint      NOT NULL REFERENCES retention_run,
    month          date        NOT NULL,
    changes        bigint,
    archive        text,
    archive_sha256 text,
    archived_at    timestamptz,
    archive_rewritten_at timestamptz,
    dropped_at     timestamptz,
    dropped_by     text
);
CREATE INDEX dropped_run ON dropped (run, month);

-- Has the months dropped that ended before a time. The instance that records does it when it looks next; retention_run says
-- how far that is.
CREATE FUNCTION drop_history(before timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ${schema}, pg_catalog, pg_temp AS $function$
DECLARE
  asked bigint;
BEGIN
  IF drop_history.before IS NULL OR drop_history.before > clock_timestamp() THEN
    RAISE EXCEPTION 'History can be dropped up to now, not up to %', drop_history.before USING ERRCODE = '22023';
  END IF;
  INSERT INTO retention_run (before, requested_by) VALUES (drop_history.before, session_user) RETURNING id INTO asked;
  RETURN asked;
END
$function$;
REVOKE ALL ON FUNCTION drop_history(timestamptz) FROM PUBLIC;
