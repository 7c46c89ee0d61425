-- What the tables held at a moment: what has to be known of the history for that, and the functions that the as-of views
-- and people use.

-- The key of the record that an UPDATE took away, where it changed the key: there the history of that record ends.
ALTER TABLE change ADD COLUMN previous_key text COLLATE "C";
UPDATE change c
   SET previous_key = CASE WHEN cardinality(k.names) = 1 THEN c.replaced ->> k.names[1]
                           ELSE (SELECT jsonb_agg(coalesce(c.replaced -> n, c.image -> n) ORDER BY o)::text
                                   FROM unnest(k.names) WITH ORDINALITY u(n, o)) END
  FROM relation r
 CROSS JOIN LATERAL (SELECT array_agg(e.value ->> 'name' ORDER BY o) AS names
                       FROM jsonb_array_elements(r.columns) WITH ORDINALITY e(value, o)
                      WHERE (e.value ->> 'key')::boolean) k
 WHERE r.id = c.relation AND c.operation = 'U' AND c.primary_key IS NOT NULL AND c.replaced ?| k.names;
CREATE INDEX change_moved ON change (relation, previous_key, position, ordinal) WHERE previous_key IS NOT NULL;
CREATE INDEX change_truncate ON change (relation, position, ordinal) WHERE operation = 'T';
-- With the number, for what joins changes to their contexts takes it as well, and a transaction may have many of those.
CREATE INDEX context_moment ON context (source, committed_at, position, number);

-- relation: the newest description of the table when its rows had to be copied.
-- known: from which position on everything is known that the table holds; null while that is not so.
ALTER TABLE baseline ADD COLUMN relation bigint;
ALTER TABLE baseline ADD COLUMN known pg_lsn;
UPDATE baseline b
   SET relation = (SELECT max(r.id) FROM relation r WHERE r.source = b.source AND r.oid = b.oid AND r.since <= b.since),
       known = CASE WHEN b.completed_at IS NOT NULL AND b.reason IS NULL
                    THEN greatest(b.since, b.position, (SELECT max(x.position) FROM context x
                                                         WHERE x.source = b.source AND x.committed_at <= b.completed_at)) END;

-- The as-of views that were made, and their indexes on change. definition: a digest of it.
CREATE TABLE asof_view (
    table_oid  bigint PRIMARY KEY,
    schema     text   NOT NULL,
    name       text   NOT NULL,
    definition text   NOT NULL,
    indexes    text[] NOT NULL
);

-- A moment, as it stands in bemi.as_of: the number of the source; the position of the last transaction that counts; and
-- the time of the last one by its clock, or infinity.
-- kind: time, position or transaction. caught_up: somebody has seen that nothing before that time is still to be stored.
CREATE FUNCTION moment(kind text, value text, caught_up boolean, database_name text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ${schema}, pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' AS $function$
DECLARE
  known     record;
  wanted    source%ROWTYPE;
  wanted_at timestamptz := 'infinity';
  upto      pg_lsn;
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
    SELECT x.position INTO upto FROM context x
     WHERE x.transaction_id = value::bigint AND x.source = ANY (known.ids)
       AND EXISTS (SELECT FROM change c WHERE c.source = x.source AND c.position = x.position AND c.operation <> 'B')
     ORDER BY x.source DESC, x.position DESC LIMIT 1;
    IF upto IS NULL THEN
      RAISE EXCEPTION 'Transaction % is not recorded: it wrote to no tracked table, or is not stored yet', value
        USING ERRCODE = 'BEMI1';
    END IF;
  ELSIF kind = 'position' THEN
    upto := value::pg_lsn;
  ELSE
    wanted_at := value::timestamptz;
    IF wanted_at > clock_timestamp() AND NOT caught_up THEN
      RAISE EXCEPTION '% is in the future', wanted_at USING ERRCODE = 'BEMI1';
    END IF;
  END IF;

  SELECT s.* INTO wanted FROM source s
   CROSS JOIN LATERAL (SELECT b.since, b.committed_at FROM baseline b WHERE b.source = s.id ORDER BY b.since, b.id LIMIT 1) b
   WHERE s.id = ANY (known.ids)
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
    -- Transactions that commit together need not have their times in the order of their positions.
    SELECT max(x.position) INTO upto FROM context x
     WHERE x.source = wanted.id AND x.committed_at <= wanted_at
       AND x.committed_at >= (SELECT y.committed_at - interval '1 minute' FROM context y
                               WHERE y.source = wanted.id AND y.committed_at <= wanted_at
                               ORDER BY y.committed_at DESC LIMIT 1);
    upto := coalesce(upto, (SELECT min(b.since) FROM baseline b WHERE b.source = wanted.id));
  END IF;
  RETURN wanted.id || ' ' || upto || ' ' || wanted_at;
END
$function$;

-- What is known, in words.
CREATE FUNCTION known_range(sources integer[]) RETURNS text
LANGUAGE sql STABLE SET search_path = ${schema}, pg_catalog, pg_temp AS $function$
SELECT 'Known is: ' || coalesce(string_agg(format('%s (%s) to %s (%s)', b.committed_at, b.since, coalesce(x.committed_at, b.committed_at),
                                         coalesce(s.position, b.since)), ', ' ORDER BY s.id), 'nothing')
  FROM source s
 CROSS JOIN LATERAL (SELECT b.since, b.committed_at FROM baseline b WHERE b.source = s.id ORDER BY b.since, b.id LIMIT 1) b
  LEFT JOIN LATERAL (SELECT x.committed_at FROM context x WHERE x.source = s.id ORDER BY x.position DESC LIMIT 1) x ON true
 WHERE s.id = ANY (sources)
$function$;

-- What an as-of view needs to know of the moment in bemi.as_of.
-- relations: the table's descriptions; boundaries: those of them before which nothing is known of any record.
-- first_relation: of the first description that counts. after_position, after_ordinal: where the table was emptied last.
-- found_position: where the rows of a table without key were found.
CREATE FUNCTION past(as_of text, table_oid bigint, table_name text, relations bigint[], boundaries bigint[],
                     OUT source integer, OUT upto pg_lsn, OUT upto_time timestamptz, OUT first_relation bigint,
                     OUT after_position pg_lsn, OUT after_ordinal bigint, OUT found_position pg_lsn)
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 1000
SET search_path = ${schema}, pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' AS $function$
DECLARE
  moment text[] := string_to_array(as_of, ' ');
  copy   baseline%ROWTYPE;
BEGIN
  IF moment IS NULL OR cardinality(moment) < 3 THEN
    RAISE EXCEPTION 'There is no moment in bemi.as_of: an as-of view is read after SELECT bemi.as_of(...), in the same transaction'
      USING ERRCODE = 'BEMI1';
  END IF;
  source := moment[1]::integer;
  upto := moment[2]::pg_lsn;
  upto_time := array_to_string(moment[3:], ' ')::timestamptz;
  SELECT b.* INTO copy FROM baseline b
   WHERE b.source = past.source AND b.oid = table_oid AND b.since <= upto AND b.committed_at <= upto_time
   ORDER BY b.since DESC, b.ordinal DESC, b.id DESC LIMIT 1;
  IF copy.id IS NULL THEN
    RAISE EXCEPTION 'Table % was not there then, or not recorded: what is known of it begins at %', table_name,
      coalesce((SELECT min(b.committed_at)::text FROM baseline b WHERE b.source = past.source AND b.oid = table_oid), 'another time')
      USING ERRCODE = 'BEMI1';
  END IF;
  IF copy.known IS NULL OR copy.known > upto THEN
    RAISE EXCEPTION 'The rows of table % were not all known then: %', table_name,
      coalesce(copy.reason, 'they were still being copied (' || CASE WHEN copy.known IS NULL THEN 'and still are' ELSE 'until ' || copy.known END || ')')
      USING ERRCODE = 'BEMI1';
  END IF;
  first_relation := coalesce((SELECT max(id) FROM unnest(boundaries) id WHERE id <= copy.relation), 0);
  SELECT t.position, t.ordinal INTO after_position, after_ordinal
    FROM unnest(relations) r(id)
   CROSS JOIN LATERAL (SELECT c.position, c.ordinal FROM change c
                        WHERE c.relation = r.id AND c.operation = 'T' AND c.position <= upto AND c.committed_at <= upto_time
                        ORDER BY c.position DESC, c.ordinal DESC LIMIT 1) t
   WHERE r.id >= first_relation
   ORDER BY t.position DESC, t.ordinal DESC LIMIT 1;
  after_position := coalesce(after_position, '0/0');
  after_ordinal := coalesce(after_ordinal, 0);
  found_position := coalesce(copy.position, '0/0');
END
$function$;

-- A row of which not every value is known is an error, not a row with something else in it.
CREATE FUNCTION told(image jsonb, unknown text[], wanted text[], table_name text, record_key text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  missing text;
BEGIN
  SELECT string_agg(u.name, ', ') INTO missing FROM unnest(unknown) u(name) WHERE NOT image ? u.name AND u.name = ANY (wanted);
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'It is not known what column % of table % held then, in the record %', missing, table_name, record_key
      USING ERRCODE = 'BEMI1';
  END IF;
  RETURN image;
END
$function$;

-- For people: from here to the end of the transaction tables hold what they held at that moment.
CREATE FUNCTION travel(moment text) RETURNS text
LANGUAGE plpgsql VOLATILE AS $function$
BEGIN
  PERFORM pg_catalog.set_config('bemi.as_of', moment, true);
  PERFORM pg_catalog.set_config('search_path',
    (SELECT pg_catalog.string_agg(pg_catalog.quote_ident('bemi_asof_' || s.name) || ', ' || pg_catalog.quote_ident(s.name), ', ' ORDER BY s.n)
       FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY s(name, n)), true);
  PERFORM pg_catalog.set_config('transaction_read_only', 'on', true);
  PERFORM pg_catalog.set_config('role', 'bemi_past', true);
  RETURN moment;
END
$function$;

CREATE FUNCTION as_of(moment timestamptz) RETURNS text LANGUAGE plpgsql VOLATILE SET DateStyle = 'ISO, MDY' AS $function$
BEGIN
  RETURN ${schema}.travel(${schema}.moment('time', moment::pg_catalog.text, false, pg_catalog.current_database()));
END
$function$;

CREATE FUNCTION as_of("position" pg_lsn) RETURNS text LANGUAGE plpgsql VOLATILE AS $function$
BEGIN
  RETURN ${schema}.travel(${schema}.moment('position', "position"::pg_catalog.text, false, pg_catalog.current_database()));
END
$function$;

CREATE FUNCTION as_of(transaction_id bigint) RETURNS text LANGUAGE plpgsql VOLATILE AS $function$
BEGIN
  RETURN ${schema}.travel(${schema}.moment('transaction', transaction_id::pg_catalog.text, false, pg_catalog.current_database()));
END
$function$;

-- The rows of one table as of a moment: SELECT * FROM bemi.as_of(NULL::public.todo, '...').
CREATE FUNCTION as_of(table_type anyelement, moment timestamptz) RETURNS SETOF anyelement
LANGUAGE plpgsql VOLATILE SET DateStyle = 'ISO, MDY' AS $function$
DECLARE
  before text := pg_catalog.current_setting('bemi.as_of', true);
  view   text;
BEGIN
  SELECT pg_catalog.format('%I.%I', 'bemi_asof_' || n.nspname, c.relname) INTO STRICT view
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_class c ON c.oid = t.typrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE t.oid = pg_catalog.pg_typeof(table_type)::pg_catalog.oid;
  PERFORM pg_catalog.set_config('bemi.as_of', ${schema}.moment('time', moment::pg_catalog.text, false, pg_catalog.current_database()), true);
  RETURN QUERY EXECUTE 'SELECT * FROM ' || view;
  PERFORM pg_catalog.set_config('bemi.as_of', coalesce(before, ''), true);
END
$function$;

-- Everything that happened to a record, oldest first.
CREATE FUNCTION history(table_schema text, table_name text, record_key text)
RETURNS TABLE (id text, operation text, committed_at timestamptz, transaction_id bigint, "position" pg_lsn, before jsonb,
               "values" jsonb, changed text[], unknown text[], metadata jsonb)
LANGUAGE sql STABLE AS $function$
  SELECT c.id, c.operation, c.committed_at, c.transaction_id, c.position, c.before, c."values", c.changed, c.unknown, c.metadata
    FROM ${schema}.changes c WHERE c.schema = table_schema AND c."table" = table_name AND c.primary_key = record_key ORDER BY c.id
$function$;

REVOKE ALL ON FUNCTION moment(text, text, boolean, text), known_range(integer[]), past(text, bigint, text, bigint[], bigint[]) FROM PUBLIC;
