-- A source whose clock was set back: as of a time all transactions count that committed then or before, wherever in the log
-- they are.

-- Where a transaction committed more than a minute before one that came earlier in the log: from there on times begin anew.
-- since_time: its time. before: the newest time until there.
CREATE TABLE clock (
    source     integer     NOT NULL REFERENCES source,
    since      pg_lsn      NOT NULL,
    since_time timestamptz NOT NULL,
    before     timestamptz NOT NULL,
    PRIMARY KEY (source, since)
);

DO $script$
DECLARE
  one       record;
  of_source integer;
  newest    timestamptz;
BEGIN
  FOR one IN SELECT x.source, x.position, x.committed_at FROM context x WHERE x.number = 0 ORDER BY x.source, x.position LOOP
    IF one.source IS DISTINCT FROM of_source THEN
      of_source := one.source;
      newest := one.committed_at;
    ELSIF one.committed_at < newest - interval '1 minute' THEN
      INSERT INTO clock (source, since, since_time, before) VALUES (one.source, one.position, one.committed_at, newest);
      newest := one.committed_at;
    ELSE
      newest := greatest(newest, one.committed_at);
    END IF;
  END LOOP;
END
$script$;

-- As in version 3, but that transactions are looked for in all times that a clock has had, that a transaction is looked for
-- in the source that has it, and that every refusal says what is known.
CREATE OR REPLACE FUNCTION moment(kind text, value text, caught_up boolean, database_name text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ${schema}, pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' AS $function$
DECLARE
  known     record;
  wanted    source%ROWTYPE;
  wanted_at timestamptz := 'infinity';
  upto      pg_lsn;
  upto_of   integer;
  newest    timestamptz;
BEGIN
  -- The source, all its incarnations in this cluster, and what is recorded of it.
  SELECT array_agg(s.id ORDER BY s.id) AS ids, count(DISTINCT s.name) AS names, max(s.name) AS name INTO known
    FROM source s
   WHERE s.database = database_name
     AND s.system_identifier = (SELECT o.system_identifier FROM source o WHERE o.database = database_name ORDER BY o.id DESC LIMIT 1);
  IF known.ids IS NULL THEN
    RAISE EXCEPTION 'Nothing is recorded of database %', database_name USING ERRCODE = 'BEMI1';
  END IF;
  IF known.names > 1 THEN
    RAISE EXCEPTION 'Database % is recorded through more than one slot, so that there is not one past of it', database_name
      USING ERRCODE = 'BEMI1';
  END IF;

  IF kind = 'transaction' THEN
    -- Rows that were found have the id of the next transaction, and a place before it.
    SELECT x.position, x.source INTO upto, upto_of FROM context x
     WHERE x.transaction_id = value::bigint AND x.source = ANY (known.ids)
       AND EXISTS (SELECT FROM change c WHERE c.source = x.source AND c.position = x.position AND c.operation <> 'B')
     ORDER BY x.source DESC, x.position DESC LIMIT 1;
    IF upto IS NULL THEN
      RAISE EXCEPTION 'Transaction % is not recorded: it wrote to no tracked table, is before what is known or within a gap, or is not stored yet. %',
        value, known_range(known.ids) USING ERRCODE = CASE WHEN caught_up THEN 'BEMI1' ELSE 'BEMI2' END;
    END IF;
  ELSIF kind = 'position' THEN
    upto := value::pg_lsn;
  ELSE
    wanted_at := value::timestamptz;
    -- Whoever can ask the source goes by its clock.
    IF wanted_at > clock_timestamp() AND NOT caught_up THEN
      RAISE EXCEPTION '% is in the future. %', value, known_range(known.ids) USING ERRCODE = 'BEMI2';
    END IF;
  END IF;

  SELECT s.* INTO wanted FROM source s
   CROSS JOIN LATERAL (SELECT b.since, b.committed_at FROM baseline b WHERE b.source = s.id ORDER BY b.since, b.id LIMIT 1) b
   WHERE s.id = ANY (known.ids) AND s.id = coalesce(upto_of, s.id)
     AND CASE WHEN upto IS NULL THEN b.committed_at <= wanted_at ELSE b.since <= upto END
   ORDER BY s.id DESC LIMIT 1;
  IF wanted.id IS NULL THEN
    RAISE EXCEPTION '% is before what is known. %', value, known_range(known.ids) USING ERRCODE = 'BEMI1';
  END IF;

  SELECT x.committed_at INTO newest FROM context x WHERE x.source = wanted.id ORDER BY x.position DESC, x.number DESC LIMIT 1;
  IF NOT (CASE WHEN upto IS NULL THEN caught_up OR coalesce(wanted_at <= newest, false) ELSE upto <= wanted.position END) THEN
    IF wanted.id < known.ids[cardinality(known.ids)] THEN
      RAISE EXCEPTION '% is within a gap. %', value, known_range(known.ids) USING ERRCODE = 'BEMI1';
    END IF;
    RAISE EXCEPTION '% is after what is known. %', value, known_range(known.ids) USING ERRCODE = 'BEMI2';
  END IF;

  IF upto IS NULL THEN
    -- Transactions that commit together need not have their times in the order of their positions, but are never a minute
    -- apart unless the clock was set back: the last one is looked for in each time between.
    SELECT max(last.position) INTO upto
      FROM (SELECT t.since, t.since_time, lead(t.since) OVER times AS next, lead(t.before) OVER times AS newest
              FROM (SELECT '0/0'::pg_lsn AS since, '-infinity'::timestamptz AS since_time, NULL::timestamptz AS before
                     UNION ALL
                    SELECT c.since, c.since_time, c.before FROM clock c WHERE c.source = wanted.id) t
            WINDOW times AS (ORDER BY t.since)) e
     CROSS JOIN LATERAL (SELECT least(wanted_at, e.newest) AS upto_time) u
     CROSS JOIN LATERAL (
           SELECT y.committed_at FROM context y
            WHERE y.source = wanted.id AND y.committed_at <= u.upto_time AND y.committed_at >= e.since_time - interval '1 minute'
              AND y.position >= e.since AND (e.next IS NULL OR y.position < e.next)
            ORDER BY y.committed_at DESC LIMIT 1) n
     CROSS JOIN LATERAL (
           SELECT max(x.position) AS position FROM context x
            WHERE x.source = wanted.id AND x.committed_at <= u.upto_time AND x.committed_at >= n.committed_at - interval '1 minute'
              AND x.position >= e.since AND (e.next IS NULL OR x.position < e.next)) last;
    upto := coalesce(upto, (SELECT min(b.since) FROM baseline b WHERE b.source = wanted.id));
  END IF;
  RETURN wanted.id || ' ' || upto || ' ' || wanted_at;
END
$function$;
