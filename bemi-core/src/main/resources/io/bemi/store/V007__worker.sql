-- One history through several slots: a database whose tables are read in groups, each through a slot of its own.

-- slot: through which the rows of this number were read, null where that is the source's name. Groups have the same name, and
-- numbers, positions and incarnations of their own. part: the number of the group, which the ordinals of its changes have in them.
-- retired: other slots are read instead since, so that what this one would send is recorded by them.
ALTER TABLE source ADD COLUMN slot text;
ALTER TABLE source ADD COLUMN part integer;
ALTER TABLE source ADD COLUMN retired boolean NOT NULL DEFAULT false;
CREATE INDEX source_slot ON source (coalesce(slot, name), database, id);

-- The groups that a history has, or had. in_use: whether it is read through them now.
CREATE TABLE slot_group (
    name              text    NOT NULL,
    database          text    NOT NULL,
    system_identifier text    NOT NULL,
    slot              text    NOT NULL,
    part              integer NOT NULL,
    in_use            boolean NOT NULL,
    PRIMARY KEY (name, database, system_identifier, slot),
    UNIQUE (name, database, system_identifier, part)
);

-- As in version 5, but that a group is covered with its slot and its number. Without groups the digests are the same.
CREATE OR REPLACE FUNCTION note_digests(source_id integer, link_number bigint, link_kind "char") RETURNS SETOF bytea LANGUAGE sql STABLE AS $function$
SELECT sha256(convert_to(ROW('source', s.id, concat_ws(' ', s.name, s.slot, s.part), s.database, s.system_identifier, s.started_at)::text, 'UTF8'))
  FROM source s WHERE s.id = source_id AND link_kind = 'B'
UNION ALL
SELECT sha256(convert_to(ROW('relation', r.id, r.source, r.oid, r.schema, r.name, r.replica_identity, r.columns, r.since)::text, 'UTF8'))
  FROM relation r WHERE r.source = source_id AND r.link = link_number
UNION ALL
SELECT sha256(convert_to(ROW('gap', g.id, g.source, g.from_position, g.from_time, g.reason, g.noticed_at)::text, 'UTF8'))
  FROM gap g WHERE g.source = source_id AND g.link = link_number
UNION ALL
SELECT quarantine_digest(q) FROM quarantine q WHERE q.source = source_id AND q.link = link_number
UNION ALL
SELECT sha256(convert_to(ROW('erasure', e.id, e.source, e.erased_at, e.erased_by, e.schema, e.name, e.columns, e.path, e.with_key, e.replaced,
                             e.reason, e.changes, e.contexts, e.quarantined)::text, 'UTF8'))
  FROM erasure e WHERE e.source = source_id AND e.link = link_number
UNION ALL
SELECT sha256(convert_to(ROW('dropped_link', d.source, d.first, d.last, d.digest, d.dropped_at)::text, 'UTF8'))
  FROM dropped_link d WHERE d.source = source_id AND d.link = link_number
UNION ALL
SELECT sha256(convert_to(ROW('erased', e.committed_at, e.source, e.link, e.kind, e.digest, e.by_link)::text, 'UTF8'))
  FROM erased e WHERE e.source = source_id AND e.by_link = link_number
$function$;

-- Up to where a history is whole: the position of the slot that is behind the others; null while one of them has none.
CREATE FUNCTION whole_position(source_name text, database_name text, cluster text) RETURNS pg_lsn
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ${schema}, pg_catalog, pg_temp AS $function$
  SELECT CASE WHEN count(p.position) = count(*) THEN min(p.position) END
    FROM (SELECT g.slot FROM slot_group g
           WHERE g.name = source_name AND g.database = database_name AND g.system_identifier = cluster AND g.in_use
          UNION ALL
          SELECT source_name
           WHERE NOT EXISTS (SELECT FROM slot_group g
                              WHERE g.name = source_name AND g.database = database_name AND g.system_identifier = cluster AND g.in_use)) w
    LEFT JOIN LATERAL (SELECT s.position FROM source s
                        WHERE coalesce(s.slot, s.name) = w.slot AND s.name = source_name AND s.database = database_name
                          AND s.system_identifier = cluster
                        ORDER BY s.id DESC LIMIT 1) p ON true
$function$;

-- As in version 4, but that a database may have been read through several slots. A moment names the number of each, with commas,
-- and is known when it is known of each of those that are in use.
CREATE OR REPLACE FUNCTION moment(kind text, value text, caught_up boolean, database_name text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ${schema}, pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' AS $function$
DECLARE
  known     record;
  wanted    record;
  wanted_at timestamptz := 'infinity';
  upto      pg_lsn;
  upto_of   integer;
  chosen    integer[] := '{}';
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

  -- Of each slot the incarnation of that moment. reached: whether everything up to then is stored of it. A group that has nothing
  -- to store is as far as it was read. A slot that is retired knows nothing of what came after it.
  FOR wanted IN
    WITH candidate AS MATERIALIZED (
      SELECT DISTINCT ON (coalesce(s.slot, s.name)) s.id, s.position, s.retired,
             (SELECT max(o.id) FROM source o WHERE o.id = ANY (known.ids) AND coalesce(o.slot, o.name) = coalesce(s.slot, s.name)) AS newest
        FROM source s
       CROSS JOIN LATERAL (SELECT b.since, b.committed_at FROM baseline b WHERE b.source = s.id ORDER BY b.since, b.id LIMIT 1) b
       WHERE s.id = ANY (known.ids)
         AND (upto_of IS NULL OR s.id = upto_of
              OR coalesce(s.slot, s.name) <> (SELECT coalesce(o.slot, o.name) FROM source o WHERE o.id = upto_of))
         AND CASE WHEN upto IS NULL THEN b.committed_at <= wanted_at ELSE b.since <= upto END
       ORDER BY coalesce(s.slot, s.name), s.id DESC)
    SELECT c.*,
           CASE WHEN upto IS NOT NULL THEN upto <= c.position
                ELSE coalesce(wanted_at <= (SELECT max(n.committed_at) FROM candidate o CROSS JOIN LATERAL (
                       SELECT x.committed_at FROM context x WHERE x.source = o.id AND (o.id = c.id OR x.position <= c.position)
                        ORDER BY x.position DESC, x.number DESC LIMIT 1) n), false) END AS reached
      FROM candidate c ORDER BY c.id
  LOOP
    CONTINUE WHEN wanted.retired AND NOT coalesce(wanted.reached, false);
    IF NOT coalesce(wanted.reached, false) AND NOT (upto IS NULL AND caught_up) THEN
      IF wanted.id < wanted.newest THEN
        RAISE EXCEPTION '% is within a gap. %', value, known_range(known.ids) USING ERRCODE = 'BEMI1';
      END IF;
      RAISE EXCEPTION '% is after what is known. %', value, known_range(known.ids) USING ERRCODE = 'BEMI2';
    END IF;
    chosen := chosen || wanted.id;
  END LOOP;
  IF chosen = '{}' THEN
    RAISE EXCEPTION '% is before what is known. %', value, known_range(known.ids) USING ERRCODE = 'BEMI1';
  END IF;

  IF upto IS NULL THEN
    -- No transaction of that time or before comes after one that is later than it by more than clocks were set back.
    SELECT max(coalesce(x.position, (SELECT min(b.since) FROM baseline b WHERE b.source = s.id))) INTO upto
      FROM source s
      LEFT JOIN LATERAL (SELECT y.committed_at FROM context y
                          WHERE y.source = s.id AND y.committed_at <= wanted_at ORDER BY y.committed_at DESC LIMIT 1) n ON true
      LEFT JOIN LATERAL (
           SELECT max(z.position) AS position FROM context z
            WHERE n.committed_at IS NOT NULL AND z.source = s.id AND z.committed_at <= wanted_at
              AND z.committed_at >= coalesce(n.committed_at - s.setback * interval '1 microsecond', '-infinity')) x ON true
     WHERE s.id = ANY (chosen);
  END IF;
  RETURN array_to_string(chosen, ',') || ' ' || upto || ' ' || wanted_at;
END
$function$;

-- As in version 3, but that a moment may name several numbers: a table is in one of them.
CREATE OR REPLACE FUNCTION past(as_of text, table_oid bigint, table_name text, relations bigint[], boundaries bigint[],
                     OUT source integer, OUT upto pg_lsn, OUT upto_time timestamptz, OUT first_relation bigint,
                     OUT after_position pg_lsn, OUT after_ordinal bigint, OUT found_position pg_lsn)
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 1000
SET search_path = ${schema}, pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' AS $function$
DECLARE
  moment  text[] := string_to_array(as_of, ' ');
  sources integer[];
  copy    baseline%ROWTYPE;
BEGIN
  IF moment IS NULL OR cardinality(moment) < 3 THEN
    RAISE EXCEPTION 'There is no moment in bemi.as_of: an as-of view is read after SELECT bemi.as_of(...), in the same transaction'
      USING ERRCODE = 'BEMI1';
  END IF;
  sources := string_to_array(moment[1], ',')::integer[];
  upto := moment[2]::pg_lsn;
  upto_time := array_to_string(moment[3:], ' ')::timestamptz;
  SELECT b.* INTO copy FROM baseline b
   WHERE b.source = ANY (sources) AND b.oid = table_oid AND b.since <= upto AND b.committed_at <= upto_time
   ORDER BY b.since DESC, b.ordinal DESC, b.id DESC LIMIT 1;
  IF copy.id IS NULL THEN
    RAISE EXCEPTION 'Table % was not there then, or not recorded: what is known of it begins at %', table_name,
      coalesce((SELECT min(b.committed_at)::text FROM baseline b WHERE b.source = ANY (sources) AND b.oid = table_oid), 'another time')
      USING ERRCODE = 'BEMI1';
  END IF;
  source := copy.source;
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
