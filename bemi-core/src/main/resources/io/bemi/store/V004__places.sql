-- Where in the history a time is, and where a table's changes are, so that questions about either begin to read there.

-- By how many microseconds a transaction's time was at most earlier than that of one before it: clocks are set back, and
-- transactions that commit together need not have their times in the order of their positions. Null when that is not known.
ALTER TABLE source ADD COLUMN setback bigint;
UPDATE source s
   SET setback = (SELECT coalesce(max(extract(epoch FROM x.latest - x.committed_at) * 1000000), 0)::bigint
                    FROM (SELECT c.committed_at, max(c.committed_at) OVER (ORDER BY c.position) AS latest
                            FROM context c WHERE c.source = s.id) x);

CREATE INDEX change_table ON change (relation, position, ordinal) WHERE operation <> 'B';

-- As in version 3, but that a transaction is found wherever its time puts it and whichever source has it, and that every
-- refusal says what is known.
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
    -- No transaction of that time or before comes after one that is later than it by more than clocks were set back.
    SELECT max(x.position) INTO upto
      FROM (SELECT y.committed_at FROM context y
             WHERE y.source = wanted.id AND y.committed_at <= wanted_at ORDER BY y.committed_at DESC LIMIT 1) n
     CROSS JOIN LATERAL (
           SELECT max(z.position) AS position FROM context z
            WHERE z.source = wanted.id AND z.committed_at <= wanted_at
              AND z.committed_at >= coalesce(n.committed_at - wanted.setback * interval '1 microsecond', '-infinity')) x;
    upto := coalesce(upto, (SELECT min(b.since) FROM baseline b WHERE b.source = wanted.id));
  END IF;
  RETURN wanted.id || ' ' || upto || ' ' || wanted_at;
END
$function$;
