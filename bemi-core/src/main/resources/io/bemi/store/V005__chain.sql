-- Tamper evidence: a chain of links per source, each a digest of the one before it and of what was stored with it. Erasure,
-- which the chain notes. And that nothing else changes what is stored.

-- The last link and its digest, null before the first; sealed: whether what is stored now gets links.
ALTER TABLE source ADD COLUMN link bigint;
ALTER TABLE source ADD COLUMN digest bytea;
ALTER TABLE source ADD COLUMN sealed boolean NOT NULL DEFAULT false;

-- link: the link that covers the row, null where none does. salt: 16 random bytes, without which nobody guesses from a digest
-- what a row held. The column that was kept for a digest takes them: a column that is dropped has every row of a new partition
-- converted.
ALTER TABLE change RENAME COLUMN digest TO salt;
ALTER TABLE change ADD COLUMN link bigint;
ALTER TABLE context ADD COLUMN salt bytea, ADD COLUMN link bigint;
ALTER TABLE relation ADD COLUMN link bigint;
ALTER TABLE gap ADD COLUMN link bigint;
ALTER TABLE quarantine ADD COLUMN salt bytea, ADD COLUMN link bigint;
CREATE INDEX change_link ON change (source, link) WHERE link IS NOT NULL;
CREATE INDEX context_link ON context (source, link) WHERE link IS NOT NULL;
CREATE INDEX relation_unsealed ON relation (source) WHERE link IS NULL;
CREATE INDEX gap_unsealed ON gap (source) WHERE link IS NULL;
CREATE INDEX quarantine_unsealed ON quarantine (source) WHERE link IS NULL;

-- Numbered from 1 per source, in the order in which the store was written.
-- kind: T(ransaction, or a part of one, or rows that were found), B(egin: what is stored from here on is covered), P(ause: it is
-- not), N(otes: rows of relation, gap, quarantine, erasure, dropped_link), E(rasure: rows as they are since).
-- committed_at: of the transaction, whose month a link goes with; infinity for a link that stays.
CREATE TABLE link (
    source          integer     NOT NULL,
    number          bigint      NOT NULL,
    kind            "char"      NOT NULL,
    committed_at    timestamptz NOT NULL,
    position        pg_lsn      NOT NULL,
    transaction_id  bigint      NOT NULL,
    written_at      timestamptz NOT NULL,
    changes         bigint      NOT NULL,
    changes_digest  bytea,
    contexts        bigint      NOT NULL,
    contexts_digest bytea,
    notes           bigint      NOT NULL,
    notes_digest    bytea,
    digest          bytea       NOT NULL
) PARTITION BY RANGE (committed_at);
CREATE INDEX link_number ON link (source, number);

-- What was done to erase something, without what that was. columns and path: null for all. link: see relation.
CREATE TABLE erasure (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source      integer     NOT NULL REFERENCES source,
    erased_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_by   text        NOT NULL DEFAULT session_user,
    schema      text,
    name        text,
    columns     text[],
    path        text[],
    with_key    boolean     NOT NULL,
    replaced    boolean     NOT NULL,
    reason      text        NOT NULL,
    changes     bigint      NOT NULL,
    contexts    bigint      NOT NULL,
    quarantined bigint      NOT NULL,
    link        bigint
);

-- The digests that rows had which are others since. link: covers them as they were. by_link: covers this row, and them.
CREATE TABLE erased (
    committed_at timestamptz NOT NULL,
    source       integer     NOT NULL,
    link         bigint      NOT NULL,
    kind         "char"      NOT NULL,
    digest       bytea       NOT NULL,
    by_link      bigint      NOT NULL
) PARTITION BY RANGE (committed_at);
CREATE INDEX erased_link ON erased (source, link);
CREATE INDEX erased_by_link ON erased (source, by_link);

-- Links that went with their month: digest is that of the last.
CREATE TABLE dropped_link (
    source     integer     NOT NULL REFERENCES source,
    first      bigint      NOT NULL,
    last       bigint      NOT NULL,
    digest     bytea       NOT NULL,
    dropped_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    link       bigint
);

-- One partition of a table, beside it and then attached, which does not block readers. For whoever stores without owning the tables.
CREATE FUNCTION add_partition(table_name text, partition_name text, from_time timestamptz, to_time timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_catalog, pg_temp SET TimeZone = 'UTC' AS $function$
BEGIN
  IF table_name NOT IN ('change', 'context', 'link', 'erased') THEN
    RAISE EXCEPTION '% has no partitions', table_name;
  END IF;
  EXECUTE format('CREATE TABLE ${schema}.%I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition_name, table_name);
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%s)', table_name, partition_name, from_time,
                 CASE WHEN from_time = 'infinity' THEN 'MAXVALUE' ELSE quote_literal(to_time) END);
  EXECUTE format('CREATE TRIGGER keep_all BEFORE TRUNCATE ON %I EXECUTE FUNCTION keep()', partition_name);
END
$function$;

-- Nobody changes what is stored: not even its owner, unless he means to. What erases, or drops, says so for its transaction. The
-- contexts of a transaction that is being stored may still turn out to be others.
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql SET search_path = ${schema}, pg_catalog, pg_temp AS $function$
BEGIN
  IF current_setting('bemi.rewriting', true) = pg_current_xact_id()::text THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE' AND TG_ARGV[0] = 'context' THEN
    IF age(OLD.xmin) <= age(pg_current_xact_id()::xid)
       AND NOT EXISTS (SELECT FROM link l WHERE l.source = OLD.source AND l.number = OLD.link) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'What is recorded is not changed: % of %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'BEMI3', HINT = 'To take personal data out of the history there is erase() and erase_context()';
END
$function$;

-- For rows, so that partitions have them, too. There is none for INSERT, which costs nothing.
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON change FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON context FOR EACH ROW EXECUTE FUNCTION keep('context');
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON link FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON erased FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON erasure FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON dropped_link FOR EACH ROW EXECUTE FUNCTION keep();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON erasure EXECUTE FUNCTION keep();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON dropped_link EXECUTE FUNCTION keep();
DO $do$
DECLARE
  existing regclass;
BEGIN
  FOR existing IN
    SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent IN ('change'::regclass, 'context'::regclass)
    UNION ALL VALUES ('change'::regclass), ('context'::regclass), ('link'::regclass), ('erased'::regclass)
  LOOP
    EXECUTE pg_catalog.format('CREATE TRIGGER keep_all BEFORE TRUNCATE ON %s EXECUTE FUNCTION keep()', existing);
  END LOOP;
END
$do$;

-- Every value in one form, whatever the session's settings: the functions that call these have settings of their own.
CREATE FUNCTION change_digest(c change) RETURNS bytea LANGUAGE sql STABLE AS $function$
SELECT sha256(c.salt || convert_to(ROW('change', c.committed_at, c.source, c.position, c.ordinal, c.relation, c.transaction_id, c.context,
                                       c.operation, c.primary_key, c.previous_key, c.image, c.replaced, c.unknown)::text, 'UTF8'))
$function$;

CREATE FUNCTION context_digest(c context) RETURNS bytea LANGUAGE sql STABLE AS $function$
SELECT sha256(c.salt || convert_to(ROW('context', c.committed_at, c.source, c.position, c.number, c.transaction_id, c.metadata)::text, 'UTF8'))
$function$;

CREATE FUNCTION quarantine_digest(q quarantine) RETURNS bytea LANGUAGE sql STABLE AS $function$
SELECT sha256(q.salt || convert_to(ROW('quarantine', q.id, q.source, q.committed_at, q.position, q.ordinal, q.relation, q.content, q.error,
                                       q.noticed_at)::text, 'UTF8'))
$function$;

-- Of what a link covers besides changes and contexts. Where a gap ends is noted later.
CREATE FUNCTION note_digests(source_id integer, link_number bigint, link_kind "char") RETURNS SETOF bytea LANGUAGE sql STABLE AS $function$
SELECT sha256(convert_to(ROW('source', s.id, s.name, s.database, s.system_identifier, s.started_at)::text, 'UTF8'))
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

CREATE FUNCTION link_header(l link) RETURNS bytea LANGUAGE sql STABLE AS $function$
SELECT sha256(convert_to(ROW('link', l.source, l.number, l.kind, l.committed_at, l.position, l.transaction_id, l.written_at, l.changes,
                             l.changes_digest, l.contexts, l.contexts_digest, l.notes, l.notes_digest)::text, 'UTF8'))
$function$;

CREATE FUNCTION next_digest(state bytea, previous bytea, header bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $function$
BEGIN
  RETURN sha256(coalesce(state, previous) || header);
END
$function$;
CREATE AGGREGATE chain_digest(previous bytea, header bytea) (sfunc = next_digest, stype = bytea);

-- Adds a link that covers what says so already. Its number is returned.
CREATE FUNCTION append_link(source_id integer, link_kind "char", moment timestamptz, place pg_lsn) RETURNS bigint
LANGUAGE plpgsql SET search_path = ${schema}, pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' SET IntervalStyle = 'postgres'
SET bytea_output = 'hex' SET extra_float_digits = 1 SET plan_cache_mode = force_custom_plan AS $function$
DECLARE
  l link%ROWTYPE;
BEGIN
  SELECT s.id, coalesce(s.link, 0) + 1, coalesce(s.digest, '') INTO STRICT l.source, l.number, l.digest
    FROM source s WHERE s.id = source_id FOR UPDATE;
  l.kind := link_kind;
  l.committed_at := moment;
  l.position := place;
  l.transaction_id := 0;
  l.written_at := clock_timestamp();
  SELECT count(*), sha256(string_agg(d, '' ORDER BY d)) INTO l.changes, l.changes_digest
    FROM (SELECT change_digest(c) AS d FROM change c WHERE c.source = source_id AND c.link = l.number) x;
  SELECT count(*), sha256(string_agg(d, '' ORDER BY d)) INTO l.contexts, l.contexts_digest
    FROM (SELECT context_digest(c) AS d FROM context c WHERE c.source = source_id AND c.link = l.number) x;
  SELECT count(*), sha256(string_agg(d, '' ORDER BY d)) INTO l.notes, l.notes_digest
    FROM note_digests(source_id, l.number, link_kind) d;
  l.digest := sha256(l.digest || link_header(l));
  INSERT INTO link SELECT l.*;
  UPDATE source SET link = l.number, digest = l.digest WHERE id = source_id;
  RETURN l.number;
END
$function$;

-- Covers the rows of other tables that no link covers yet.
CREATE FUNCTION seal_notes(source_id integer) RETURNS void
LANGUAGE plpgsql SET search_path = ${schema}, pg_catalog, pg_temp AS $function$
DECLARE
  number bigint;
  before text := coalesce(current_setting('bemi.rewriting', true), '');
BEGIN
  SELECT coalesce(s.link, 0) + 1 INTO STRICT number FROM source s WHERE s.id = source_id FOR UPDATE;
  IF EXISTS (SELECT FROM relation WHERE source = source_id AND link IS NULL) OR EXISTS (SELECT FROM gap WHERE source = source_id AND link IS NULL)
     OR EXISTS (SELECT FROM quarantine WHERE source = source_id AND link IS NULL) OR EXISTS (SELECT FROM erasure WHERE source = source_id AND link IS NULL)
     OR EXISTS (SELECT FROM dropped_link WHERE source = source_id AND link IS NULL) THEN
    PERFORM set_config('bemi.rewriting', pg_current_xact_id()::text, true);
    UPDATE relation SET link = number WHERE source = source_id AND link IS NULL;
    UPDATE gap SET link = number WHERE source = source_id AND link IS NULL;
    UPDATE quarantine SET link = number, salt = uuid_send(gen_random_uuid()) WHERE source = source_id AND link IS NULL;
    UPDATE erasure SET link = number WHERE source = source_id AND link IS NULL;
    UPDATE dropped_link SET link = number WHERE source = source_id AND link IS NULL;
    PERFORM set_config('bemi.rewriting', before, true);
    PERFORM append_link(source_id, 'N', 'infinity', coalesce((SELECT s.position FROM source s WHERE s.id = source_id), '0/0'));
  END IF;
END
$function$;

-- Begins the chain, or goes on with it: what is stored from here on is covered. Or pauses it. Returns the number of the last link.
CREATE FUNCTION switch_chain(source_id integer, on_now boolean, place pg_lsn) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_catalog, pg_temp AS $function$
BEGIN
  UPDATE source SET sealed = on_now WHERE id = source_id;
  RETURN append_link(source_id, (CASE WHEN on_now THEN 'B' ELSE 'P' END)::"char", 'infinity', coalesce(place, '0/0'));
END
$function$;

-- Makes the next links, in the order of the transactions that are given: the rows of each have its number already.
-- complete: nothing more is written.
CREATE FUNCTION seal(source_id integer, moments timestamptz[], places pg_lsn[], transactions bigint[], complete boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY'
SET IntervalStyle = 'postgres' SET bytea_output = 'hex' SET extra_float_digits = 1 SET plan_cache_mode = force_custom_plan SET enable_seqscan = off
AS $function$
DECLARE
  head     source%ROWTYPE;
  first    bigint;
  last     bigint;
  earliest timestamptz := (SELECT min(m) FROM unnest(moments) m);
  latest   timestamptz := (SELECT max(m) FROM unnest(moments) m);
BEGIN
  IF cardinality(moments) > 0 THEN
    SELECT s.* INTO STRICT head FROM source s WHERE s.id = source_id FOR UPDATE;
    first := head.link + 1;
    last := head.link + cardinality(moments);
    WITH linked AS (
      INSERT INTO link
      SELECT h.source, h.number, h.kind, h.committed_at, h.position, h.transaction_id, h.written_at, h.changes, h.changes_digest, h.contexts,
             h.contexts_digest, h.notes, h.notes_digest, chain_digest(head.digest, link_header(h::link)) OVER (ORDER BY h.number)
        FROM (SELECT source_id AS source, head.link + t.n AS number, 'T'::"char" AS kind, t.moment AS committed_at, t.place AS position,
                     t.transaction AS transaction_id, now() AS written_at, coalesce(c.n, 0) AS changes, c.digest AS changes_digest,
                     coalesce(x.n, 0) AS contexts, x.digest AS contexts_digest, 0::bigint AS notes, NULL::bytea AS notes_digest, NULL::bytea AS digest
                FROM unnest(moments, places, transactions) WITH ORDINALITY t(moment, place, transaction, n)
                LEFT JOIN (SELECT d.link, count(*) AS n, sha256(string_agg(d.digest, '' ORDER BY d.digest)) AS digest
                             FROM (SELECT c.link, change_digest(c) AS digest FROM change c
                                    WHERE c.source = source_id AND c.link BETWEEN first AND last AND c.committed_at BETWEEN earliest AND latest) d
                            GROUP BY d.link) c ON c.link = head.link + t.n
                LEFT JOIN (SELECT d.link, count(*) AS n, sha256(string_agg(d.digest, '' ORDER BY d.digest)) AS digest
                             FROM (SELECT c.link, context_digest(c) AS digest FROM context c
                                    WHERE c.source = source_id AND c.link BETWEEN first AND last AND c.committed_at BETWEEN earliest AND latest) d
                            GROUP BY d.link) x ON x.link = head.link + t.n) h
      RETURNING number, digest)
    UPDATE source s SET link = l.number, digest = l.digest FROM linked l WHERE s.id = source_id AND l.number = last;
  END IF;
  IF complete THEN
    PERFORM seal_notes(source_id);
  END IF;
END
$function$;

-- The head of each chain, or of one, as a line of JSON to be kept elsewhere: from then on nobody writes the chain anew up to there unnoticed.
CREATE FUNCTION anchor(source_id integer DEFAULT NULL) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = ${schema}, pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY' AS $function$
SELECT json_build_object('source', s.id, 'systemIdentifier', s.system_identifier, 'database', s.database, 'link', s.link,
                         'digest', encode(s.digest, 'hex'), 'time', clock_timestamp())::text
  FROM source s WHERE s.link IS NOT NULL AND s.id = coalesce(source_id, s.id) ORDER BY s.id
$function$;

-- What is to be called before the partitions of a time are dropped or detached (change, context, link, erased): notes the links that
-- go, so that the chain can be followed past them.
CREATE FUNCTION drop_links(from_time timestamptz, to_time timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = ${schema}, pg_catalog, pg_temp AS $function$
DECLARE
  chained integer;
BEGIN
  FOR chained IN SELECT s.id FROM source s WHERE s.link IS NOT NULL ORDER BY s.id FOR UPDATE LOOP
    INSERT INTO dropped_link (source, first, last, digest)
    SELECT chained, min(r.number), max(r.number), (array_agg(r.digest ORDER BY r.number DESC))[1]
      FROM (SELECT l.number, l.digest, l.number - row_number() OVER (ORDER BY l.number) AS run FROM link l
             WHERE l.source = chained AND l.committed_at >= from_time AND l.committed_at < to_time) r
     GROUP BY r.run;
    PERFORM seal_notes(chained);
  END LOOP;
END
$function$;

-- Values without some, or with something else in their place.
CREATE FUNCTION erased_values(known jsonb, columns text[], replacement text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $function$
SELECT CASE WHEN replacement IS NULL THEN known - columns
            ELSE known || coalesce((SELECT jsonb_object_agg(c, replacement) FROM unnest(columns) c WHERE known ? c), '{}') END
$function$;

-- Takes values of a record out of the whole history, those of all columns but its key's unless columns are named, or puts a text in their
-- place. erase_key: those of the key, too; then nobody finds the record by it any more. other_keys: what else the record was called, under
-- which more of it is recorded. tables: what is to be vacuumed, because files still hold what is erased.
CREATE FUNCTION erase(table_schema text, table_name text, record_key text, reason text, columns text[] DEFAULT NULL,
                      replacement text DEFAULT NULL, erase_key boolean DEFAULT false,
                      OUT changes bigint, OUT quarantined bigint, OUT other_keys text[], OUT tables text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY'
SET IntervalStyle = 'postgres' SET bytea_output = 'hex' SET extra_float_digits = 1 AS $function$
DECLARE
  part     record;
  one      record;
  next     bigint;
  touched  bigint;
  of_part  bigint;
  doubtful bigint[];
BEGIN
  IF coalesce(btrim(reason), '') = '' THEN
    RAISE EXCEPTION 'An erasure has a reason' USING ERRCODE = 'BEMI3';
  END IF;
  changes := 0;
  quarantined := 0;
  other_keys := '{}';
  tables := '{}';
  PERFORM set_config('bemi.rewriting', pg_current_xact_id()::text, true);
  FOR one IN
    SELECT s.id, s.position, s.link IS NOT NULL AS chained,
           ARRAY(SELECT r.id FROM relation r WHERE r.source = s.id AND r.oid IN (
                   SELECT n.oid FROM relation n WHERE n.source = s.id AND n.schema = table_schema AND n.name = table_name)) AS relations
      FROM source s ORDER BY s.id FOR UPDATE OF s
  LOOP
    CONTINUE WHEN cardinality(one.relations) = 0;
    touched := 0;
    SELECT other_keys || coalesce(array_agg(DISTINCT o.key), '{}') INTO other_keys
      FROM (SELECT CASE WHEN c.primary_key = record_key THEN c.previous_key ELSE c.primary_key END AS key FROM change c
             WHERE c.source = one.id AND c.relation = ANY (one.relations) AND c.previous_key IS NOT NULL
               AND (c.primary_key = record_key OR c.previous_key = record_key)) o
     WHERE o.key <> record_key AND o.key <> ALL (other_keys);
    -- What could not be stored as it is does not say which record it is of.
    SELECT array_agg(q.id) INTO doubtful FROM quarantine q
     WHERE q.source = one.id AND q.relation = ANY (one.relations) AND q.content <> '(erased)'
       AND (position(record_key IN q.content) > 0
            OR EXISTS (SELECT FROM change c WHERE c.source = q.source AND c.position = q.position AND c.ordinal = q.ordinal AND c.relation = q.relation
                                              AND (c.primary_key = record_key OR c.previous_key = record_key)));
    -- A link goes with its month, and so must one that covers rows of it.
    FOR part IN
      SELECT c.tableoid::regclass AS name, min(c.committed_at) AS earliest, max(c.committed_at) AS latest,
             max(c.committed_at) FILTER (WHERE c.link IS NOT NULL) AS sealed, max(c.position) AS place
        FROM change c
       WHERE c.source = one.id AND c.relation = ANY (one.relations) AND (c.primary_key = record_key OR c.previous_key = record_key)
       GROUP BY 1 ORDER BY 2
    LOOP
      next := (SELECT s.link + 1 FROM source s WHERE s.id = one.id);
      INSERT INTO erased
      SELECT c.committed_at, c.source, c.link, 'C', change_digest(c), next FROM change c
       WHERE c.source = one.id AND c.relation = ANY (one.relations) AND (c.primary_key = record_key OR c.previous_key = record_key)
         AND c.committed_at BETWEEN part.earliest AND part.latest AND c.link IS NOT NULL;
      UPDATE change c
         SET image = erased_values(c.image, CASE WHEN c.primary_key = record_key THEN n.names ELSE n.others END, replacement),
             replaced = erased_values(c.replaced, n.names, replacement),
             unknown = CASE WHEN replacement IS NOT NULL OR c.image IS NULL THEN c.unknown
                            ELSE ARRAY(SELECT DISTINCT u FROM (
                                   SELECT unnest(c.unknown)
                                   UNION ALL SELECT k FROM jsonb_object_keys(c.image) k
                                              WHERE k = ANY (CASE WHEN c.primary_key = record_key THEN n.names ELSE n.others END)
                                   UNION ALL SELECT k FROM jsonb_object_keys(coalesce(c.replaced, '{}')) k WHERE k = ANY (n.names)) x(u) ORDER BY u) END,
             primary_key = CASE WHEN erase_key AND c.primary_key = record_key THEN NULL ELSE c.primary_key END,
             previous_key = CASE WHEN erase_key AND c.previous_key = record_key THEN NULL ELSE c.previous_key END,
             salt = CASE WHEN c.link IS NOT NULL THEN uuid_send(gen_random_uuid()) END,
             link = CASE WHEN c.link IS NOT NULL THEN next END
        FROM relation r
       CROSS JOIN LATERAL (SELECT coalesce(array_agg(k.name) FILTER (WHERE k.key), '{}') AS keys, coalesce(array_agg(k.name), '{}') AS all_names
                             FROM jsonb_to_recordset(r.columns) AS k (name text, key boolean)) k
       CROSS JOIN LATERAL (SELECT ARRAY(SELECT unnest(coalesce(erase.columns, k.all_names)) EXCEPT SELECT unnest(k.keys)) AS others) o
       CROSS JOIN LATERAL (SELECT o.others, CASE WHEN erase_key THEN o.others || k.keys ELSE o.others END AS names) n
       WHERE c.source = one.id AND c.relation = ANY (one.relations) AND (c.primary_key = record_key OR c.previous_key = record_key)
         AND c.committed_at BETWEEN part.earliest AND part.latest AND r.id = c.relation;
      GET DIAGNOSTICS of_part = ROW_COUNT;
      touched := touched + of_part;
      tables := tables || format('%I.%s', current_schema(), part.name);
      IF part.sealed IS NOT NULL THEN
        PERFORM append_link(one.id, 'E', part.sealed, part.place);
      END IF;
    END LOOP;
    next := (SELECT s.link + 1 FROM source s WHERE s.id = one.id);
    IF doubtful IS NOT NULL THEN
      INSERT INTO erased
      SELECT 'infinity', q.source, q.link, 'Q', quarantine_digest(q), next FROM quarantine q WHERE q.id = ANY (doubtful) AND q.link IS NOT NULL;
      UPDATE quarantine q SET content = '(erased)', error = '(erased)', salt = NULL, link = NULL WHERE q.id = ANY (doubtful);
      tables := tables || format('%I.quarantine', current_schema());
    END IF;
    CONTINUE WHEN touched = 0 AND doubtful IS NULL;
    INSERT INTO erasure (source, schema, name, columns, with_key, replaced, reason, changes, contexts, quarantined)
    VALUES (one.id, table_schema, table_name, erase.columns, erase_key, replacement IS NOT NULL, erase.reason, touched, 0,
            coalesce(cardinality(doubtful), 0));
    IF one.chained THEN
      PERFORM seal_notes(one.id);
    END IF;
    changes := changes + touched;
    quarantined := quarantined + coalesce(cardinality(doubtful), 0);
  END LOOP;
  PERFORM set_config('bemi.rewriting', '', true);
END
$function$;

-- Takes a value out of all contexts that have it at a path, or puts a text in its place.
CREATE FUNCTION erase_context(path text[], value text, reason text, replacement text DEFAULT NULL, OUT contexts bigint, OUT tables text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${schema}, pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, MDY'
SET IntervalStyle = 'postgres' SET bytea_output = 'hex' SET extra_float_digits = 1 AS $function$
DECLARE
  part    record;
  one     record;
  next    bigint;
  touched bigint;
  of_part bigint;
BEGIN
  IF coalesce(btrim(reason), '') = '' THEN
    RAISE EXCEPTION 'An erasure has a reason' USING ERRCODE = 'BEMI3';
  END IF;
  contexts := 0;
  tables := '{}';
  PERFORM set_config('bemi.rewriting', pg_current_xact_id()::text, true);
  FOR one IN SELECT s.id, s.link IS NOT NULL AS chained FROM source s ORDER BY s.id FOR UPDATE OF s LOOP
    touched := 0;
    FOR part IN
      SELECT c.tableoid::regclass AS name, min(c.committed_at) AS earliest, max(c.committed_at) AS latest,
             max(c.committed_at) FILTER (WHERE c.link IS NOT NULL) AS sealed, max(c.position) AS place
        FROM context c WHERE c.source = one.id AND c.metadata #>> path = value GROUP BY 1 ORDER BY 2
    LOOP
      next := (SELECT s.link + 1 FROM source s WHERE s.id = one.id);
      INSERT INTO erased
      SELECT c.committed_at, c.source, c.link, 'X', context_digest(c), next FROM context c
       WHERE c.source = one.id AND c.metadata #>> path = value AND c.committed_at BETWEEN part.earliest AND part.latest AND c.link IS NOT NULL;
      UPDATE context c
         SET metadata = CASE WHEN replacement IS NULL THEN c.metadata #- path ELSE jsonb_set(c.metadata, path, to_jsonb(replacement)) END,
             salt = CASE WHEN c.link IS NOT NULL THEN uuid_send(gen_random_uuid()) END,
             link = CASE WHEN c.link IS NOT NULL THEN next END
       WHERE c.source = one.id AND c.metadata #>> path = value AND c.committed_at BETWEEN part.earliest AND part.latest;
      GET DIAGNOSTICS of_part = ROW_COUNT;
      touched := touched + of_part;
      tables := tables || format('%I.%s', current_schema(), part.name);
      IF part.sealed IS NOT NULL THEN
        PERFORM append_link(one.id, 'E', part.sealed, part.place);
      END IF;
    END LOOP;
    CONTINUE WHEN touched = 0;
    INSERT INTO erasure (source, path, with_key, replaced, reason, changes, contexts, quarantined)
    VALUES (one.id, erase_context.path, false, replacement IS NOT NULL, erase_context.reason, 0, touched, 0);
    IF one.chained THEN
      PERFORM seal_notes(one.id);
    END IF;
    contexts := contexts + touched;
  END LOOP;
  PERFORM set_config('bemi.rewriting', '', true);
END
$function$;

-- Where links are that stay.
SELECT add_partition('link', 'link_kept', 'infinity', NULL);
SELECT add_partition('erased', 'erased_kept', 'infinity', NULL);

REVOKE ALL ON FUNCTION add_partition(text, text, timestamptz, timestamptz), append_link(integer, "char", timestamptz, pg_lsn), seal_notes(integer),
  switch_chain(integer, boolean, pg_lsn), seal(integer, timestamptz[], pg_lsn[], bigint[], boolean), drop_links(timestamptz, timestamptz),
  erase(text, text, text, text, text[], text, boolean), erase_context(text[], text, text, text) FROM PUBLIC;
