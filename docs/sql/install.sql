-- Sets tracking up by hand, for 'bemi.tracking.mode=manual': what the application would run itself, to review first.
-- Run it once in the application's database, as a superuser or as the owner of the tables: psql -f install.sql
-- It fails, and changes nothing, where tracking is already set up.
BEGIN;

CREATE SCHEMA IF NOT EXISTS bemi;

CREATE TABLE IF NOT EXISTS bemi.meta (
  component  text PRIMARY KEY,
  version    integer NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);

INSERT INTO bemi.meta (component, version) VALUES ('tracking', 5);

-- Tracking, version 1: what makes row changes, and who made them, appear in the WAL.
-- Jars of other versions call these functions too: a later step may add to them, but not change a name or a parameter.

-- Which tables each application wants tracked. A pattern is schema.table or table (in any schema), with * for any text.
CREATE TABLE bemi.tracking (
  owner       text PRIMARY KEY,
  include     text[] NOT NULL,
  exclude     text[] NOT NULL,
  publication name NOT NULL
);

-- Says who wrote, in sessions that Bemi's proxy does not serve. Runs with the rights and under the settings of whoever
-- writes, perhaps with nothing but INSERT on the table: it calls nothing in this schema, names everything in full, writes
-- backslashes as E'' (standard_conforming_strings may be off), and must never fail. The session's context is passed on as it
-- is, in a JSON string: it may be anything.
CREATE FUNCTION bemi.session_message() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
  context   pg_catalog.text;
  content   pg_catalog.text;
  codes     pg_catalog.int4[];
  character pg_catalog.text;
BEGIN
  IF pg_catalog.current_setting('bemi.proxy', true)
     OPERATOR(pg_catalog.=) pg_catalog.concat('on:', pg_catalog.current_setting('application_name')) THEN
    RETURN NULL;
  END IF;
  -- Without a transaction id nothing has been written, and a message would be the first WAL of the transaction.
  IF pg_catalog.pg_current_xact_id_if_assigned() IS NULL THEN
    RETURN NULL;
  END IF;
  -- 3577 is pg_logical_emit_message(boolean, text, text ...) of every version; an EXCEPTION block instead would give every
  -- statement a subtransaction.
  IF NOT pg_catalog.has_function_privilege(3577::pg_catalog.oid, 'EXECUTE') THEN
    RETURN NULL;
  END IF;
  context := pg_catalog.current_setting('bemi.context', true);
  content := pg_catalog.concat(
    '{"db":{"user":', pg_catalog.to_json(session_user::pg_catalog.text),
    ',"application":', pg_catalog.to_json(pg_catalog.current_setting('application_name')),
    ',"address":"' OPERATOR(pg_catalog.||) pg_catalog.host(pg_catalog.inet_client_addr()) OPERATOR(pg_catalog.||) '"', '}',
    CASE WHEN context OPERATOR(pg_catalog.=) '' THEN NULL
         WHEN pg_catalog.octet_length(context) OPERATOR(pg_catalog.>) 1048576 THEN ',"error":"bemi.context is longer than 1 MB"'
         ELSE ',"context":' OPERATOR(pg_catalog.||) pg_catalog.to_json(context)::pg_catalog.text END,
    '}');
  IF content OPERATOR(pg_catalog.~) E'[^\\x01-\\x7f]' THEN
    -- The stream carries bytes in the encoding of the database; ASCII means the same in all of them.
    FOR character IN
      SELECT DISTINCT m[1]
        FROM pg_catalog.regexp_matches(content, CASE
               WHEN pg_catalog.current_setting('server_encoding') OPERATOR(pg_catalog.=) 'SQL_ASCII' THEN E'[\\xc2-\\xf4][\\x80-\\xbf]{1,3}|[\\x80-\\xff]' ELSE E'[^\\x01-\\x7f]' END, 'g') AS m
    LOOP
      BEGIN
        codes := ARRAY(SELECT pg_catalog.get_byte(b, i)
                         FROM pg_catalog.convert_to(character, 'UTF8') AS b,
                              pg_catalog.generate_series(0, pg_catalog.length(b) OPERATOR(pg_catalog.-) 1) AS i);
        content := pg_catalog.replace(content, character, (
          SELECT CASE WHEN code OPERATOR(pg_catalog.<) 65536
                      THEN E'\\u' OPERATOR(pg_catalog.||) pg_catalog.lpad(pg_catalog.to_hex(code), 4, '0')
                      ELSE pg_catalog.concat(E'\\u', pg_catalog.to_hex(55232 OPERATOR(pg_catalog.+) (code OPERATOR(pg_catalog.>>) 10)),
                                             E'\\u', pg_catalog.to_hex(56320 OPERATOR(pg_catalog.+) (code OPERATOR(pg_catalog.&) 1023))) END
            FROM (SELECT CASE
                           WHEN pg_catalog.cardinality(codes) OPERATOR(pg_catalog.=) 2 THEN ((codes[1] OPERATOR(pg_catalog.&) 31) OPERATOR(pg_catalog.<<) 6)
                                       OPERATOR(pg_catalog.|) (codes[2] OPERATOR(pg_catalog.&) 63)
                           WHEN pg_catalog.cardinality(codes) OPERATOR(pg_catalog.=) 3 THEN ((codes[1] OPERATOR(pg_catalog.&) 15) OPERATOR(pg_catalog.<<) 12)
                                       OPERATOR(pg_catalog.|) ((codes[2] OPERATOR(pg_catalog.&) 63) OPERATOR(pg_catalog.<<) 6)
                                       OPERATOR(pg_catalog.|) (codes[3] OPERATOR(pg_catalog.&) 63)
                           ELSE ((codes[1] OPERATOR(pg_catalog.&) 7) OPERATOR(pg_catalog.<<) 18)
                                       OPERATOR(pg_catalog.|) ((codes[2] OPERATOR(pg_catalog.&) 63) OPERATOR(pg_catalog.<<) 12)
                                       OPERATOR(pg_catalog.|) ((codes[3] OPERATOR(pg_catalog.&) 63) OPERATOR(pg_catalog.<<) 6)
                                       OPERATOR(pg_catalog.|) (codes[4] OPERATOR(pg_catalog.&) 63) END) AS decoded (code)));
      EXCEPTION WHEN OTHERS THEN
        -- Bytes that are no text (possible in SQL_ASCII), or a character that UTF-8 does not have.
        content := pg_catalog.replace(content, character, '?');
      END;
    END LOOP;
  END IF;
  PERFORM pg_catalog.pg_logical_emit_message(true, '_bemi_session', content);
  RETURN NULL;
END
$function$;

-- Why publishing this one table would make UPDATE or DELETE fail, or lose the identity of its rows; NULL if it would not.
CREATE FUNCTION bemi.identity_obstacle(relation oid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  identity "char";
  key      record;
  name     text := relation::regclass;
BEGIN
  SELECT c.relreplident INTO identity FROM pg_class c WHERE c.oid = relation;
  IF identity = 'n' THEN
    RETURN format('%s has REPLICA IDENTITY NOTHING. Type: ALTER TABLE %1$s REPLICA IDENTITY DEFAULT; if it has a primary key, else ALTER TABLE %1$s REPLICA IDENTITY FULL;', name);
  ELSIF identity = 'f' THEN
    -- From 18 on an identity must not contain a column that is not published.
    IF current_setting('server_version_num')::integer >= 180000
       AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = relation AND a.attgenerated <> '' AND NOT a.attisdropped) THEN
      RETURN format('%s has REPLICA IDENTITY FULL and a generated column. Type: ALTER TABLE %1$s REPLICA IDENTITY DEFAULT; after adding a primary key', name);
    END IF;
    -- Column lists came with 15: read the catalogue in a way that 14 understands.
    IF EXISTS (SELECT FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
                WHERE r.prrelid = relation AND to_jsonb(r) ->> 'prattrs' IS NOT NULL
                  AND p.pubname IN (SELECT t.publication FROM bemi.tracking t)) THEN
      RETURN format('%s has REPLICA IDENTITY FULL and a column list in the publication. Type: ALTER TABLE %1$s REPLICA IDENTITY DEFAULT; after adding a primary key', name);
    END IF;
    RETURN NULL;
  END IF;
  SELECT i.indexrelid::regclass AS index, i.indisvalid, i.indimmediate,
         EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = relation AND a.attnum = ANY (i.indkey) AND a.attgenerated <> '') AS generated
    INTO key
    FROM pg_index i
   WHERE i.indrelid = relation AND CASE identity WHEN 'd' THEN i.indisprimary ELSE i.indisreplident END;
  IF key.index IS NULL AND identity = 'd' THEN
    RETURN format('%s has no primary key. Type: ALTER TABLE %1$s ADD PRIMARY KEY (...); or ALTER TABLE %1$s REPLICA IDENTITY FULL;', name);
  ELSIF key.index IS NULL THEN
    RETURN format('%s has lost the index of its REPLICA IDENTITY. Type: ALTER TABLE %1$s REPLICA IDENTITY DEFAULT; if it has a primary key, else ALTER TABLE %1$s REPLICA IDENTITY FULL;', name);
  ELSIF NOT key.indimmediate THEN
    RETURN format('%s has a DEFERRABLE primary key, which cannot identify rows. Type: ALTER TABLE %1$s REPLICA IDENTITY FULL; or make the key NOT DEFERRABLE', name);
  ELSIF NOT key.indisvalid THEN
    RETURN format('%s is identified by %s, which is not valid. Type: REINDEX INDEX %2$s; or attach the missing indexes of its partitions', name, key.index);
  ELSIF key.generated THEN
    RETURN format('%s is identified by a generated column, which is not published. Type: ALTER TABLE %1$s REPLICA IDENTITY USING INDEX ...; with other columns', name);
  END IF;
  RETURN NULL;
END
$function$;

-- The columns that identify a row of this table in the WAL, in alphabetical order; NULL for all of them.
CREATE FUNCTION bemi.identity_columns(relation oid) RETURNS name[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT CASE WHEN c.relreplident <> 'f' THEN ARRAY(
           SELECT a.attname
             FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
            WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'd' THEN i.indisprimary ELSE i.indisreplident END
            ORDER BY a.attname) END
    FROM pg_class c
   WHERE c.oid = relation
$function$;

-- The same for a table with all its partitions: the server checks the partition that is written to.
CREATE FUNCTION bemi.obstacle(relation oid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  reason    text := bemi.identity_obstacle(relation);
  partition oid;
BEGIN
  FOR partition IN
    SELECT t.relid FROM pg_partition_tree(relation) t JOIN pg_class c ON c.oid = t.relid
     WHERE t.relid <> relation AND c.relkind IN ('r', 'p')
  LOOP
    EXIT WHEN reason IS NOT NULL;
    reason := bemi.identity_obstacle(partition);
    IF reason IS NULL AND bemi.identity_columns(partition) IS DISTINCT FROM bemi.identity_columns(relation) THEN
      reason := format('partition %s has another replica identity than %s. Give both the same, such as: ALTER TABLE %1$s REPLICA IDENTITY DEFAULT;',
                       partition::regclass, relation::regclass);
    END IF;
  END LOOP;
  RETURN reason;
END
$function$;

-- Whether some application wants the table in the publication.
CREATE FUNCTION bemi.wanted(schema name, "table" name, publication name) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT EXISTS (
    SELECT FROM bemi.tracking t
     WHERE t.publication = $3
       AND EXISTS (SELECT FROM unnest(t.include) AS pattern WHERE concat($1, '.', $2) LIKE
             CASE WHEN pattern LIKE '%.%' THEN '' ELSE '%.' END
             || replace(replace(replace(replace(pattern, E'\\', E'\\\\'), '%', E'\\%'), '_', E'\\_'), '*', '%'))
       AND NOT EXISTS (SELECT FROM unnest(t.exclude) AS pattern WHERE concat($1, '.', $2) LIKE
             CASE WHEN pattern LIKE '%.%' THEN '' ELSE '%.' END
             || replace(replace(replace(replace(pattern, E'\\', E'\\\\'), '%', E'\\%'), '_', E'\\_'), '*', '%')))
$function$;

-- Every table that could be tracked (a partition goes with its root), for every publication of ours: what is wanted, what
-- is, and what stands in the way.
CREATE VIEW bemi.tracking_state AS
SELECT s.*, s.publishable IS TRUE AND s.wanted AS expected,
       CASE WHEN s.publishable AND s.wanted THEN s.published ELSE NOT s.published OR (s.publishable AND NOT s.marked) END
       AND CASE WHEN s.publishable AND bool_or(s.wanted) OVER (PARTITION BY s.relation) THEN s.complete ELSE NOT s.marked END
       AND NOT s.stray AS settled
  FROM (SELECT t.*, t.obstacle IS NULL AS publishable
          FROM (SELECT c.oid AS relation, n.nspname AS schema, c.relname AS "table", p.publication,
                       bemi.wanted(n.nspname, c.relname, p.publication) AS wanted,
                       EXISTS (SELECT FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication b ON b.oid = r.prpubid
                                WHERE r.prrelid = c.oid AND b.pubname = p.publication) AS published,
                       EXISTS (SELECT FROM pg_catalog.pg_partition_tree(c.oid) t
                                 JOIN pg_catalog.pg_publication_rel r ON r.prrelid = t.relid AND r.prrelid <> c.oid
                                 JOIN pg_catalog.pg_publication b ON b.oid = r.prpubid AND b.pubname = p.publication) AS stray,
                       m.marked, m.complete, bemi.obstacle(c.oid) AS obstacle
                  FROM pg_catalog.pg_class c
                  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                 CROSS JOIN (SELECT DISTINCT publication FROM bemi.tracking) p
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(bool_or(g.oid IS NOT NULL), false) AS marked, bool_and(g.oid IS NOT NULL) AS complete
                         FROM (SELECT c.oid UNION SELECT relid FROM pg_catalog.pg_partition_tree(c.oid)) AS member (oid)
                         JOIN pg_catalog.pg_class l ON l.oid = member.oid AND l.relkind IN ('r', 'p')
                         LEFT JOIN pg_catalog.pg_trigger g ON g.tgrelid = l.oid AND g.tgname = '_bemi_session') m
                 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
                   AND n.nspname NOT IN ('bemi', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
                   -- A store in another schema would record itself for ever; its table meta is the first that it creates.
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_class t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid
                                    WHERE t.relnamespace = n.oid AND t.relname = 'meta' AND t.relkind = 'r' AND a.attnum > 0
                                   HAVING array_agg(a.attname ORDER BY a.attnum) = '{component,version,applied_at}')
                   AND c.relname NOT IN ('flyway_schema_history', 'databasechangelog', 'databasechangeloglock')
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')) t) s;

-- Tables that should be tracked and are not, with the reason and what to do.
CREATE VIEW bemi.untracked AS
SELECT schema, "table", COALESCE(obstacle, 'not tracked yet. Type: SELECT * FROM bemi.track_all();') AS reason
  FROM bemi.tracking_state
 WHERE wanted AND NOT (publishable AND published AND complete);

-- Brings one table to the state that is wanted. Returns why it could not, or NULL.
CREATE FUNCTION bemi.track(relation oid) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  root   oid := coalesce(pg_partition_root(relation), relation);
  member oid;
  state  record;
  needed boolean := false;
  reason text;
BEGIN
  -- The trigger comes before the publication, so that no published change lacks its message.
  SELECT bool_or(s.expected) INTO needed FROM bemi.tracking_state s WHERE s.relation = root;
  FOR member IN
    SELECT m.oid
      FROM (SELECT root UNION SELECT t.relid FROM pg_partition_tree(root) t) AS m (oid)
      JOIN pg_class c ON c.oid = m.oid AND c.relkind IN ('r', 'p')
     WHERE needed IS DISTINCT FROM EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = m.oid AND g.tgname = '_bemi_session')
  LOOP
    IF needed THEN
      EXECUTE format('CREATE TRIGGER _bemi_session AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION bemi.session_message()', member::regclass);
    END IF;
  END LOOP;
  FOR state IN SELECT * FROM bemi.tracking_state s WHERE s.relation = root LOOP
    IF state.wanted THEN
      reason := state.obstacle;
    END IF;
    -- ONLY: a child that inherits has no key of its own, and is asked about by itself.
    IF state.expected AND NOT state.published THEN
      EXECUTE format('ALTER PUBLICATION %I ADD TABLE ONLY %s', state.publication, root::regclass);
    ELSIF state.published AND NOT state.expected AND (state.marked OR NOT state.publishable) THEN
      EXECUTE format('ALTER PUBLICATION %I DROP TABLE ONLY %s', state.publication, root::regclass);
    END IF;
    -- A partition that was published by itself before it was attached.
    FOR member IN
      SELECT t.relid
        FROM pg_partition_tree(root) t
        JOIN pg_publication_rel r ON r.prrelid = t.relid AND r.prrelid <> root
        JOIN pg_publication b ON b.oid = r.prpubid AND b.pubname = state.publication
    LOOP
      EXECUTE format('ALTER PUBLICATION %I DROP TABLE ONLY %s', state.publication, member::regclass);
    END LOOP;
  END LOOP;
  IF needed IS NOT TRUE THEN
    FOR member IN
      SELECT g.tgrelid FROM pg_trigger g
       WHERE g.tgname = '_bemi_session'
         AND g.tgrelid IN (SELECT root UNION SELECT t.relid FROM pg_partition_tree(root) t)
    LOOP
      EXECUTE format('DROP TRIGGER _bemi_session ON %s', member::regclass);
    END LOOP;
  END IF;
  RETURN reason;
EXCEPTION WHEN insufficient_privilege THEN
  RETURN format('role %I may not change %s (%s). Type: GRANT %I TO %1$I;', current_user, root::regclass, sqlerrm,
                (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = root));
END
$function$;

-- Brings every table to the state that is wanted, in one transaction: for use by hand.
CREATE FUNCTION bemi.track_all() RETURNS TABLE (relation regclass, reason text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  FOR relation IN SELECT DISTINCT s.relation FROM bemi.tracking_state s WHERE NOT s.settled OR (s.wanted AND NOT s.publishable) LOOP
    reason := bemi.track(relation);
    RETURN NEXT;
  END LOOP;
END
$function$;

-- Says which tables an application wants, and creates its publication. Changes nothing if nothing differs.
CREATE FUNCTION bemi.configure(owner text, include text[], exclude text[], publication name) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  INSERT INTO bemi.tracking AS t VALUES ($1, $2, $3, $4)
      ON CONFLICT ON CONSTRAINT tracking_pkey DO UPDATE
     SET include = EXCLUDED.include, exclude = EXCLUDED.exclude, publication = EXCLUDED.publication
   WHERE (t.include, t.exclude, t.publication) IS DISTINCT FROM (EXCLUDED.include, EXCLUDED.exclude, EXCLUDED.publication);
  IF NOT EXISTS (SELECT FROM pg_publication p WHERE p.pubname = $4) THEN
    EXECUTE format('CREATE PUBLICATION %I WITH (publish_via_partition_root = true)', $4);
  ELSIF EXISTS (SELECT FROM pg_publication p WHERE p.pubname = $4 AND (p.puballtables OR NOT p.pubviaroot)) THEN
    RAISE EXCEPTION 'Publication % exists already and is FOR ALL TABLES or not WITH (publish_via_partition_root = true). Choose another name with bemi.replication.publication', quote_ident($4);
  END IF;
END
$function$;

-- Tracks tables as they are created, and takes a table out before it would make writes fail. Runs with the rights of its
-- owner for whoever creates a table, therefore calls only what belongs to that owner. Never lets a command fail.
CREATE FUNCTION bemi.track_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $function$
DECLARE
  relation oid;
  known    boolean;
  reason   text;
BEGIN
  IF EXISTS (SELECT FROM pg_proc p
              WHERE p.pronamespace = 'bemi'::regnamespace AND p.proowner <> current_user::regrole
                AND p.proname IN ('session_message', 'identity_obstacle', 'identity_columns', 'obstacle', 'wanted', 'track'))
     OR EXISTS (SELECT FROM pg_class c
                 WHERE c.relnamespace = 'bemi'::regnamespace AND c.relowner <> current_user::regrole
                   AND c.relname IN ('tracking', 'tracking_state')) THEN
    RAISE WARNING 'Bemi tracks nothing after %: not all of its functions belong to %', tg_tag, current_user;
    RETURN;
  END IF;
  FOR relation IN
    WITH RECURSIVE changed (oid) AS (
      SELECT c.oid
        FROM pg_event_trigger_ddl_commands() d JOIN pg_class c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass
       WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
      UNION
      SELECT i.inhrelid FROM pg_inherits i JOIN changed ON changed.oid = i.inhparent
    )
    SELECT coalesce(pg_partition_root(changed.oid), changed.oid) FROM changed
    UNION
    -- A partition that stands alone now.
    SELECT g.tgrelid FROM pg_trigger g
     WHERE tg_tag = 'ALTER TABLE' AND g.tgname = '_bemi_session' AND pg_partition_root(g.tgrelid) IS NULL
       AND NOT EXISTS (SELECT FROM pg_publication_rel r WHERE r.prrelid = g.tgrelid)
    UNION
    -- What identified rows may have gone together with something else.
    SELECT s.relation FROM bemi.tracking_state s WHERE tg_tag LIKE 'DROP %' AND s.published AND NOT s.settled
  LOOP
    known := EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = relation AND g.tgname = '_bemi_session');
    reason := bemi.track(relation);
    IF reason IS NOT NULL AND (known OR tg_tag <> 'ALTER TABLE') THEN
      RAISE NOTICE 'Bemi does not track this table: %', reason;
    END IF;
  END LOOP;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'Bemi could not track the tables after %: %', tg_tag, sqlerrm;
END
$function$;

-- Creates the event trigger where that is allowed. Returns why it could not, or NULL when it is there.
CREATE FUNCTION bemi.create_event_trigger() RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  IF EXISTS (SELECT FROM pg_event_trigger e WHERE e.evtname = 'bemi_tracking') THEN
    RETURN NULL;
  END IF;
  IF EXISTS (SELECT FROM pg_proc p WHERE p.oid = 'bemi.track_ddl()'::regprocedure AND p.proowner <> current_user::regrole) THEN
    RETURN 'the functions in schema bemi belong to another role';
  END IF;
  CREATE EVENT TRIGGER bemi_tracking ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE SCHEMA', 'ALTER TABLE',
                 'DROP INDEX', 'DROP TYPE', 'DROP DOMAIN', 'DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED')
    EXECUTE FUNCTION bemi.track_ddl();
  RETURN NULL;
EXCEPTION WHEN insufficient_privilege THEN
  RETURN 'only a superuser may create an event trigger';
END
$function$;

-- Tracking, version 2: the comment at the end of a statement, as the original packages write it.

ALTER TABLE bemi.tracking ADD COLUMN sql_comments boolean NOT NULL DEFAULT false;

-- As before, but quick for long texts of many different characters, and with the comment at the end of the statement where the
-- trigger has an argument: the raw text, which is read when it is stored. Reads no table and calls nothing in this schema.
CREATE OR REPLACE FUNCTION bemi.session_message() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
  context   pg_catalog.text;
  ending    pg_catalog.text;
  comment   pg_catalog.text;
  marker    pg_catalog.int4;
  error     pg_catalog.text;
  content   pg_catalog.text;
  outside   pg_catalog.text;
  character pg_catalog.text;
  codes     pg_catalog.int4[];
  escapes   pg_catalog.text[];
  escaped   pg_catalog.jsonb;
BEGIN
  IF pg_catalog.current_setting('bemi.proxy', true)
     OPERATOR(pg_catalog.=) pg_catalog.concat('on:', pg_catalog.current_setting('application_name')) THEN
    RETURN NULL;
  END IF;
  -- Without a transaction id nothing has been written, and a message would be the first WAL of the transaction.
  IF pg_catalog.pg_current_xact_id_if_assigned() IS NULL THEN
    RETURN NULL;
  END IF;
  -- 3577 is pg_logical_emit_message(boolean, text, text ...) of every version; an EXCEPTION block instead would give every
  -- statement a subtransaction.
  IF NOT pg_catalog.has_function_privilege(3577::pg_catalog.oid, 'EXECUTE') THEN
    RETURN NULL;
  END IF;
  context := pg_catalog.current_setting('bemi.context', true);
  IF pg_catalog.octet_length(context) OPERATOR(pg_catalog.>) 1048576 THEN
    context := NULL;
    error := 'bemi.context is longer than 1 MB';
  END IF;
  IF TG_NARGS OPERATOR(pg_catalog.>) 0 THEN
    -- Only the end: rtrim fails on a statement of 128 million characters.
    ending := pg_catalog.rtrim(pg_catalog.right(pg_catalog.current_query(), 1050000), E' \t\n\x0b\f\r;');
    IF pg_catalog.right(ending, 6) OPERATOR(pg_catalog.=) 'Bemi*/' THEN
      marker := pg_catalog.strpos(pg_catalog.reverse(ending), pg_catalog.reverse('/*Bemi '));
      IF marker OPERATOR(pg_catalog.>) 0 THEN
        comment := pg_catalog.right(ending, marker OPERATOR(pg_catalog.+) 6);
      END IF;
      IF pg_catalog.octet_length(COALESCE(comment, pg_catalog.current_query())) OPERATOR(pg_catalog.>) 1048576 THEN
        comment := NULL;
        error := pg_catalog.concat_ws('; ', error, 'the comment of the statement is longer than 1 MB');
      END IF;
    END IF;
  END IF;
  content := pg_catalog.concat(
    '{"db":{"user":', pg_catalog.to_json(session_user::pg_catalog.text),
    ',"application":', pg_catalog.to_json(pg_catalog.current_setting('application_name')),
    ',"address":"' OPERATOR(pg_catalog.||) pg_catalog.host(pg_catalog.inet_client_addr()) OPERATOR(pg_catalog.||) '"', '}',
    CASE WHEN context OPERATOR(pg_catalog.<>) '' THEN ',"context":' OPERATOR(pg_catalog.||) pg_catalog.to_json(context)::pg_catalog.text END,
    ',"comment":' OPERATOR(pg_catalog.||) pg_catalog.to_json(comment)::pg_catalog.text,
    ',"error":"' OPERATOR(pg_catalog.||) error OPERATOR(pg_catalog.||) '"', '}');
  -- The stream carries bytes in the encoding of the database; ASCII means the same in all of them.
  IF content OPERATOR(pg_catalog.~) E'[^\\x01-\\x7f]' THEN
    IF pg_catalog.current_setting('server_encoding') OPERATOR(pg_catalog.=) 'UTF8' THEN
      content := (
        SELECT pg_catalog.string_agg(
                 CASE WHEN code OPERATOR(pg_catalog.<) 128 THEN piece
                      WHEN code OPERATOR(pg_catalog.<) 65536
                      THEN E'\\u' OPERATOR(pg_catalog.||) pg_catalog.lpad(pg_catalog.to_hex(code), 4, '0')
                      ELSE pg_catalog.concat(E'\\u', pg_catalog.to_hex(55232 OPERATOR(pg_catalog.+) (code OPERATOR(pg_catalog.>>) 10)),
                                             E'\\u', pg_catalog.to_hex(56320 OPERATOR(pg_catalog.+) (code OPERATOR(pg_catalog.&) 1023))) END, '')
          FROM (SELECT m[1], pg_catalog.ascii(m[1])
                  FROM pg_catalog.regexp_matches(content, E'[\\x01-\\x7f]+|[^\\x01-\\x7f]', 'g') AS m) AS pieces (piece, code));
    ELSE
      outside := CASE WHEN pg_catalog.current_setting('server_encoding') OPERATOR(pg_catalog.=) 'SQL_ASCII'
                      THEN E'[\\xc2-\\xf4][\\x80-\\xbf]{1,3}|[\\x80-\\xff]' ELSE E'[^\\x01-\\x7f]' END;
      -- Each character with what stands for it, in turn.
      FOR character IN
        SELECT DISTINCT m[1] FROM pg_catalog.regexp_matches(content, outside, 'g') AS m
      LOOP
        escapes := pg_catalog.array_append(escapes, character);
        BEGIN
          codes := ARRAY(SELECT pg_catalog.get_byte(b, i)
                           FROM pg_catalog.convert_to(character, 'UTF8') AS b,
                                pg_catalog.generate_series(0, pg_catalog.length(b) OPERATOR(pg_catalog.-) 1) AS i);
          escapes := pg_catalog.array_append(escapes, (
            SELECT CASE WHEN code OPERATOR(pg_catalog.<) 65536
                        THEN E'\\u' OPERATOR(pg_catalog.||) pg_catalog.lpad(pg_catalog.to_hex(code), 4, '0')
                        ELSE pg_catalog.concat(E'\\u', pg_catalog.to_hex(55232 OPERATOR(pg_catalog.+) (code OPERATOR(pg_catalog.>>) 10)),
                                               E'\\u', pg_catalog.to_hex(56320 OPERATOR(pg_catalog.+) (code OPERATOR(pg_catalog.&) 1023))) END
              FROM (SELECT CASE
                             WHEN pg_catalog.cardinality(codes) OPERATOR(pg_catalog.=) 2 THEN ((codes[1] OPERATOR(pg_catalog.&) 31) OPERATOR(pg_catalog.<<) 6)
                                         OPERATOR(pg_catalog.|) (codes[2] OPERATOR(pg_catalog.&) 63)
                             WHEN pg_catalog.cardinality(codes) OPERATOR(pg_catalog.=) 3 THEN ((codes[1] OPERATOR(pg_catalog.&) 15) OPERATOR(pg_catalog.<<) 12)
                                         OPERATOR(pg_catalog.|) ((codes[2] OPERATOR(pg_catalog.&) 63) OPERATOR(pg_catalog.<<) 6)
                                         OPERATOR(pg_catalog.|) (codes[3] OPERATOR(pg_catalog.&) 63)
                             ELSE ((codes[1] OPERATOR(pg_catalog.&) 7) OPERATOR(pg_catalog.<<) 18)
                                         OPERATOR(pg_catalog.|) ((codes[2] OPERATOR(pg_catalog.&) 63) OPERATOR(pg_catalog.<<) 12)
                                         OPERATOR(pg_catalog.|) ((codes[3] OPERATOR(pg_catalog.&) 63) OPERATOR(pg_catalog.<<) 6)
                                         OPERATOR(pg_catalog.|) (codes[4] OPERATOR(pg_catalog.&) 63) END) AS decoded (code)));
        EXCEPTION WHEN OTHERS THEN
          -- Bytes that are no text (possible in SQL_ASCII), or a character that UTF-8 does not have.
          escapes := pg_catalog.array_append(escapes, '?');
        END;
      END LOOP;
      escaped := pg_catalog.jsonb_object(escapes);
      content := (
        SELECT pg_catalog.string_agg(COALESCE(escaped OPERATOR(pg_catalog.->>) m[1], m[1]), '')
          FROM pg_catalog.regexp_matches(content, E'[\\x01-\\x7f]+|' OPERATOR(pg_catalog.||) outside, 'g') AS m);
    END IF;
  END IF;
  PERFORM pg_catalog.pg_logical_emit_message(true, '_bemi_session', content);
  RETURN NULL;
END
$function$;

-- Whether one of the patterns fits the table.
CREATE FUNCTION bemi.matches(schema name, "table" name, patterns text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT EXISTS (SELECT FROM unnest($3) AS pattern WHERE concat($1, '.', $2) LIKE
    CASE WHEN pattern LIKE '%.%' THEN '' ELSE '%.' END
    || replace(replace(replace(replace(pattern, E'\\', E'\\\\'), '%', E'\\%'), '_', E'\\_'), '*', '%'))
$function$;

-- Whether some application wants the table in the publication.
CREATE OR REPLACE FUNCTION bemi.wanted(schema name, "table" name, publication name) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT EXISTS (SELECT FROM bemi.tracking t
                  WHERE t.publication = $3 AND bemi.matches($1, $2, t.include) AND NOT bemi.matches($1, $2, t.exclude))
$function$;

-- Whether some application that wants the table wants the comments of its statements.
CREATE FUNCTION bemi.wants_comments(schema name, "table" name) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT EXISTS (SELECT FROM bemi.tracking t
                  WHERE t.sql_comments AND bemi.matches($1, $2, t.include) AND NOT bemi.matches($1, $2, t.exclude))
$function$;

-- As before, and whether the triggers read comments or not, as it is wanted.
CREATE OR REPLACE VIEW bemi.tracking_state AS
SELECT s.relation, s.schema, s."table", s.publication, s.wanted, s.published, s.stray, s.marked, s.complete, s.obstacle, s.publishable,
       s.publishable IS TRUE AND s.wanted AS expected,
       CASE WHEN s.publishable AND s.wanted THEN s.published ELSE NOT s.published OR (s.publishable AND NOT s.marked) END
       AND CASE WHEN s.publishable AND bool_or(s.wanted) OVER (PARTITION BY s.relation) THEN s.complete AND s.faithful ELSE NOT s.marked END
       AND NOT s.stray AS settled,
       s.sql_comments
  FROM (SELECT t.*, t.obstacle IS NULL AS publishable
          FROM (SELECT c.oid AS relation, n.nspname AS schema, c.relname AS "table", p.publication,
                       -- The history of Flyway, whatever it is called.
                       bemi.wanted(n.nspname, c.relname, p.publication)
                       AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                                        WHERE a.attrelid = c.oid AND a.attnum > 0
                                          AND a.attname IN ('installed_rank', 'version', 'description', 'type', 'script', 'checksum', 'success')
                                       HAVING pg_catalog.count(*) = 7) AS wanted,
                       EXISTS (SELECT FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication b ON b.oid = r.prpubid
                                WHERE r.prrelid = c.oid AND b.pubname = p.publication) AS published,
                       EXISTS (SELECT FROM pg_catalog.pg_partition_tree(c.oid) t
                                 JOIN pg_catalog.pg_publication_rel r ON r.prrelid = t.relid AND r.prrelid <> c.oid
                                 JOIN pg_catalog.pg_publication b ON b.oid = r.prpubid AND b.pubname = p.publication) AS stray,
                       m.marked, m.complete, bemi.obstacle(c.oid) AS obstacle, m.faithful, w.sql_comments
                  FROM pg_catalog.pg_class c
                  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                 CROSS JOIN (SELECT DISTINCT publication FROM bemi.tracking) p
                 CROSS JOIN LATERAL (SELECT bemi.wants_comments(n.nspname, c.relname) AS sql_comments) w
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(bool_or(g.oid IS NOT NULL), false) AS marked, bool_and(g.oid IS NOT NULL) AS complete,
                              bool_and((g.tgnargs > 0) = w.sql_comments) AS faithful
                         FROM (SELECT c.oid UNION SELECT relid FROM pg_catalog.pg_partition_tree(c.oid)) AS member (oid)
                         JOIN pg_catalog.pg_class l ON l.oid = member.oid AND l.relkind IN ('r', 'p')
                         LEFT JOIN pg_catalog.pg_trigger g ON g.tgrelid = l.oid AND g.tgname = '_bemi_session') m
                 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
                   AND n.nspname NOT IN ('bemi', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
                   -- A store in another schema would record itself for ever; its table meta is the first that it creates.
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_class t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid
                                    WHERE t.relnamespace = n.oid AND t.relname = 'meta' AND t.relkind = 'r' AND a.attnum > 0
                                   HAVING array_agg(a.attname ORDER BY a.attnum) = '{component,version,applied_at}')
                   AND c.relname NOT IN ('flyway_schema_history', 'databasechangelog', 'databasechangeloglock')
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')) t) s;

-- As before, and gives the trigger its argument where comments are wanted.
CREATE OR REPLACE FUNCTION bemi.track(relation oid) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  root     oid := coalesce(pg_partition_root(relation), relation);
  member   oid;
  state    record;
  needed   boolean := false;
  comments boolean := false;
  reason   text;
BEGIN
  -- The trigger comes before the publication, so that no published change lacks its message.
  SELECT bool_or(s.expected), bool_or(s.sql_comments) INTO needed, comments FROM bemi.tracking_state s WHERE s.relation = root;
  FOR member IN
    SELECT m.oid
      FROM (SELECT root UNION SELECT t.relid FROM pg_partition_tree(root) t) AS m (oid)
      JOIN pg_class c ON c.oid = m.oid AND c.relkind IN ('r', 'p')
     WHERE needed IS DISTINCT FROM EXISTS (SELECT FROM pg_trigger g
                                            WHERE g.tgrelid = m.oid AND g.tgname = '_bemi_session' AND (g.tgnargs > 0) = comments)
  LOOP
    IF needed THEN
      EXECUTE format('CREATE OR REPLACE TRIGGER _bemi_session AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION bemi.session_message(%s)',
                     member::regclass, CASE WHEN comments THEN quote_literal('sql-comments') END);
    END IF;
  END LOOP;
  FOR state IN SELECT * FROM bemi.tracking_state s WHERE s.relation = root LOOP
    IF state.wanted THEN
      reason := state.obstacle;
    END IF;
    -- ONLY: a child that inherits has no key of its own, and is asked about by itself.
    IF state.expected AND NOT state.published THEN
      EXECUTE format('ALTER PUBLICATION %I ADD TABLE ONLY %s', state.publication, root::regclass);
    ELSIF state.published AND NOT state.expected AND (state.marked OR NOT state.publishable) THEN
      EXECUTE format('ALTER PUBLICATION %I DROP TABLE ONLY %s', state.publication, root::regclass);
    END IF;
    -- A partition that was published by itself before it was attached.
    FOR member IN
      SELECT t.relid
        FROM pg_partition_tree(root) t
        JOIN pg_publication_rel r ON r.prrelid = t.relid AND r.prrelid <> root
        JOIN pg_publication b ON b.oid = r.prpubid AND b.pubname = state.publication
    LOOP
      EXECUTE format('ALTER PUBLICATION %I DROP TABLE ONLY %s', state.publication, member::regclass);
    END LOOP;
  END LOOP;
  IF needed IS NOT TRUE THEN
    FOR member IN
      SELECT g.tgrelid FROM pg_trigger g
       WHERE g.tgname = '_bemi_session'
         AND g.tgrelid IN (SELECT root UNION SELECT t.relid FROM pg_partition_tree(root) t)
    LOOP
      EXECUTE format('DROP TRIGGER _bemi_session ON %s', member::regclass);
    END LOOP;
  END IF;
  RETURN reason;
EXCEPTION WHEN insufficient_privilege THEN
  RETURN format('role %I may not change %s (%s). Type: GRANT %I TO %1$I;', current_user, root::regclass, sqlerrm,
                (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = root));
END
$function$;

-- As before, and calls more functions.
CREATE OR REPLACE FUNCTION bemi.track_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $function$
DECLARE
  relation oid;
  known    boolean;
  reason   text;
BEGIN
  IF EXISTS (SELECT FROM pg_proc p
              WHERE p.pronamespace = 'bemi'::regnamespace AND p.proowner <> current_user::regrole
                AND p.proname IN ('session_message', 'identity_obstacle', 'identity_columns', 'obstacle', 'wanted', 'track', 'matches', 'wants_comments'))
     OR EXISTS (SELECT FROM pg_class c
                 WHERE c.relnamespace = 'bemi'::regnamespace AND c.relowner <> current_user::regrole
                   AND c.relname IN ('tracking', 'tracking_state')) THEN
    RAISE WARNING 'Bemi tracks nothing after %: not all of its functions belong to %', tg_tag, current_user;
    RETURN;
  END IF;
  FOR relation IN
    WITH RECURSIVE changed (oid) AS (
      SELECT c.oid
        FROM pg_event_trigger_ddl_commands() d JOIN pg_class c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass
       WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
      UNION
      SELECT i.inhrelid FROM pg_inherits i JOIN changed ON changed.oid = i.inhparent
    )
    SELECT coalesce(pg_partition_root(changed.oid), changed.oid) FROM changed
    UNION
    -- A partition that stands alone now.
    SELECT g.tgrelid FROM pg_trigger g
     WHERE tg_tag = 'ALTER TABLE' AND g.tgname = '_bemi_session' AND pg_partition_root(g.tgrelid) IS NULL
       AND NOT EXISTS (SELECT FROM pg_publication_rel r WHERE r.prrelid = g.tgrelid)
    UNION
    -- What identified rows may have gone together with something else.
    SELECT s.relation FROM bemi.tracking_state s WHERE tg_tag LIKE 'DROP %' AND s.published AND NOT s.settled
  LOOP
    known := EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = relation AND g.tgname = '_bemi_session');
    reason := bemi.track(relation);
    IF reason IS NOT NULL AND (known OR tg_tag <> 'ALTER TABLE') THEN
      RAISE NOTICE 'Bemi does not track this table: %', reason;
    END IF;
  END LOOP;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'Bemi could not track the tables after %: %', tg_tag, sqlerrm;
END
$function$;

-- As before, and says whether comments count.
CREATE FUNCTION bemi.configure(owner text, include text[], exclude text[], publication name, sql_comments boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  PERFORM bemi.configure($1, $2, $3, $4);
  UPDATE bemi.tracking t SET sql_comments = $5 WHERE t.owner = $1 AND t.sql_comments <> $5;
END
$function$;

-- Tracking, version 3: what a statement makes of a table goes into the WAL, between the changes before and after it. Rows
-- get and lose values by such statements without a change of their own.

-- Whether what has this xmin was made by the running transaction, or by one of its subtransactions.
CREATE FUNCTION bemi.is_own(made_by xid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  current bigint := pg_current_xact_id_if_assigned()::text::bigint;
  made    bigint := made_by::text::bigint;
BEGIN
  IF current IS NULL OR made < 3 THEN
    RETURN false;
  END IF;
  made := current + (made - current % 4294967296);
  IF made - current > 2147483647 THEN
    made := made - 4294967296;
  ELSIF current - made > 2147483647 THEN
    made := made + 4294967296;
  END IF;
  RETURN made > 0 AND coalesce(pg_xact_status(made::text::xid8) = 'in progress', false);
END
$function$;

-- Whether the table is in a publication of ours.
CREATE FUNCTION bemi.is_published(relation oid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT EXISTS (SELECT FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
                  WHERE r.prrelid = $1 AND p.pubname IN (SELECT t.publication FROM bemi.tracking t))
$function$;

-- Whether the table holds no row for sure, whoever may read it. Waits for nobody, and less than the server does before it looks
-- for deadlocks.
CREATE FUNCTION bemi.is_empty(relation oid) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $function$
BEGIN
  RETURN NOT EXISTS (
    SELECT FROM (SELECT $1 UNION SELECT t.relid FROM pg_partition_tree($1) t) AS m (oid) JOIN pg_class c ON c.oid = m.oid
     WHERE c.relkind NOT IN ('r', 'p') OR (c.relkind = 'r' AND coalesce(pg_relation_size(c.oid), 0) > 0));
EXCEPTION WHEN OTHERS THEN
  RETURN false;
END
$function$;

-- Says what the table looks like from here on, as UTF-8 whatever the encoding of the database:
-- rewritten: whether the statement wrote its rows anew, so that columns that it altered have other values.
-- severed: whether rows of it came or went otherwise than by recorded changes, so that nothing is known of any.
-- empty: whether it holds no row for sure.
-- highest: the highest number that a column has had.
-- primary: whether the column is part of the primary key.
-- filled: what rows that were there got in a column; plain: NULL, unless they were written anew.
CREATE FUNCTION bemi.table_message(relation oid, rewritten boolean, severed boolean, empty boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET DateStyle = 'ISO' SET IntervalStyle = 'postgres' SET TimeZone = 'UTC'
SET bytea_output = 'hex' SET extra_float_digits = 1 AS $function$
DECLARE
  columns jsonb := '[]';
  a       record;
BEGIN
  IF NOT has_function_privilege(3578::oid, 'EXECUTE') THEN
    RETURN;
  END IF;
  FOR a IN
    -- Only what calls nothing that the owner of the table may have written. 114 and 199 are json, which need not be jsonb.
    SELECT t.*, t.xmin, y.typtype,
           CASE WHEN NOT m.atthasmissing THEN NULL
                WHEN y.typtype = 'e' THEN to_jsonb((m.attmissingval::text::text[])[1])
                WHEN y.typtype = 'b' AND y.typnamespace = 'pg_catalog'::regnamespace AND y.oid NOT IN (114, 199)
                THEN to_jsonb(m) -> 'attmissingval' -> 0 END::text AS filled
      FROM pg_attribute t JOIN pg_type y ON y.oid = t.atttypid
      -- Rows are in the partitions.
      LEFT JOIN pg_attribute m ON m.attname = t.attname AND m.attrelid = coalesce(
           (SELECT p.relid FROM pg_partition_tree(t.attrelid) p WHERE p.isleaf AND p.level > 0 ORDER BY p.relid LIMIT 1), t.attrelid)
     WHERE t.attrelid = relation AND t.attnum > 0 AND NOT t.attisdropped AND t.attgenerated = '' ORDER BY t.attnum
  LOOP
    columns := columns || jsonb_strip_nulls(jsonb_build_object(
      'number', a.attnum, 'name', a.attname, 'type', a.atttypid::bigint, 'modifier', a.atttypmod, 'altered', bemi.is_own(a.xmin),
      'primary', CASE WHEN EXISTS (SELECT FROM pg_index i WHERE i.indrelid = relation AND i.indisprimary AND a.attnum = ANY (i.indkey)) THEN true END,
      'filled', a.filled, 'plain', NOT a.atthasdef AND a.attidentity = '' AND a.typtype <> 'd' AND a.filled IS NULL));
  END LOOP;
  PERFORM pg_logical_emit_message(true, '_bemi_table', convert_to(format('%s %s', relation, jsonb_build_object(
    'schema', n.nspname, 'name', c.relname, 'rewritten', rewritten, 'severed', severed, 'empty', empty, 'highest', c.relnatts, 'columns', columns)), 'UTF8'))
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation;
  -- A message ends where the next record starts: this one keeps the next row apart from the one above.
  PERFORM pg_logical_emit_message(true, '_bemi_heartbeat', '');
END
$function$;

-- Says what TRUNCATE took from a partition by itself, which is not in the stream. With a table its partitions are truncated, too,
-- and their triggers run after the table's; but for those that the statement named before the table.
CREATE FUNCTION bemi.truncate_message() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  root        oid  := pg_partition_root(TG_RELID);
  transaction text := pg_current_xact_id();
  -- Partitions whose triggers will run, and, with a sign, those whose triggers have.
  noted       text[] := string_to_array(current_setting('bemi.truncated', true), ' ');
BEGIN
  IF root IS NULL OR NOT bemi.is_published(root) THEN
    RETURN NULL;
  END IF;
  IF noted[1] IS DISTINCT FROM transaction THEN
    noted := ARRAY[transaction];
  END IF;
  IF TG_RELID::text = ANY (noted) THEN
    noted := array_remove(noted, TG_RELID::text);
  ELSE
    IF TG_RELID <> root THEN
      PERFORM bemi.table_message(root, false, true, false);
      noted := noted || ('-' || TG_RELID);
    END IF;
    noted := noted || ARRAY(SELECT t.relid::oid::text FROM pg_partition_tree(TG_RELID) t
                             WHERE t.relid <> TG_RELID AND '-' || t.relid::oid <> ALL (noted));
  END IF;
  -- Not local, which would end with this function.
  PERFORM set_config('bemi.truncated', array_to_string(noted, ' '), false);
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'Bemi could not say that partition % was truncated: %', TG_RELID::regclass, sqlerrm;
  RETURN NULL;
END
$function$;

-- As before, with the trigger above in partitioned tables and their partitions, and with unlogged tables, which cannot be tracked.
CREATE OR REPLACE VIEW bemi.tracking_state AS
SELECT s.relation, s.schema, s."table", s.publication, s.wanted, s.published, s.stray, s.marked, s.complete, s.obstacle, s.publishable,
       s.publishable IS TRUE AND s.wanted AS expected,
       CASE WHEN s.publishable AND s.wanted THEN s.published ELSE NOT s.published OR (s.publishable AND NOT s.marked) END
       AND CASE WHEN s.publishable AND bool_or(s.wanted) OVER (PARTITION BY s.relation) THEN s.complete AND s.faithful ELSE NOT s.marked END
       AND NOT s.stray AS settled,
       s.sql_comments
  FROM (SELECT t.*, t.obstacle IS NULL AS publishable
          FROM (SELECT c.oid AS relation, n.nspname AS schema, c.relname AS "table", p.publication,
                       -- The history of Flyway, whatever it is called.
                       bemi.wanted(n.nspname, c.relname, p.publication)
                       AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                                        WHERE a.attrelid = c.oid AND a.attnum > 0
                                          AND a.attname IN ('installed_rank', 'version', 'description', 'type', 'script', 'checksum', 'success')
                                       HAVING pg_catalog.count(*) = 7) AS wanted,
                       EXISTS (SELECT FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication b ON b.oid = r.prpubid
                                WHERE r.prrelid = c.oid AND b.pubname = p.publication) AS published,
                       EXISTS (SELECT FROM pg_catalog.pg_partition_tree(c.oid) t
                                 JOIN pg_catalog.pg_publication_rel r ON r.prrelid = t.relid AND r.prrelid <> c.oid
                                 JOIN pg_catalog.pg_publication b ON b.oid = r.prpubid AND b.pubname = p.publication) AS stray,
                       m.marked, m.complete, m.faithful, w.sql_comments,
                       CASE WHEN c.relpersistence = 'u'
                            THEN pg_catalog.format('%I.%I is unlogged, so that its changes are not in the log. Type: ALTER TABLE %1$I.%2$I SET LOGGED;', n.nspname, c.relname)
                            ELSE bemi.obstacle(c.oid) END COLLATE pg_catalog."default" AS obstacle
                  FROM pg_catalog.pg_class c
                  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                 CROSS JOIN (SELECT DISTINCT publication FROM bemi.tracking) p
                 CROSS JOIN LATERAL (SELECT bemi.wants_comments(n.nspname, c.relname) AS sql_comments) w
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(bool_or(g.oid IS NOT NULL), false) AS marked, bool_and(g.oid IS NOT NULL AND (c.relkind = 'r' OR u.oid IS NOT NULL)) AS complete,
                              bool_and((g.tgnargs > 0) = w.sql_comments) AS faithful
                         FROM (SELECT c.oid UNION SELECT relid FROM pg_catalog.pg_partition_tree(c.oid)) AS member (oid)
                         JOIN pg_catalog.pg_class l ON l.oid = member.oid AND l.relkind IN ('r', 'p')
                         LEFT JOIN pg_catalog.pg_trigger g ON g.tgrelid = l.oid AND g.tgname = '_bemi_session'
                         LEFT JOIN pg_catalog.pg_trigger u ON u.tgrelid = l.oid AND u.tgname = '_bemi_truncate') m
                 WHERE c.relkind IN ('r', 'p') AND CASE c.relpersistence WHEN 'p' THEN NOT c.relispartition WHEN 'u' THEN true ELSE false END
                   AND n.nspname NOT IN ('bemi', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
                   -- A store in another schema would record itself for ever; its table meta is the first that it creates.
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_class t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid
                                    WHERE t.relnamespace = n.oid AND t.relname = 'meta' AND t.relkind = 'r' AND a.attnum > 0
                                   HAVING array_agg(a.attname ORDER BY a.attnum) = '{component,version,applied_at}')
                   AND c.relname NOT IN ('flyway_schema_history', 'databasechangelog', 'databasechangeloglock')
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')) t) s;

-- As before, and says so in the WAL when a table joins the publication.
CREATE OR REPLACE FUNCTION bemi.track(relation oid) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  root     oid := coalesce(pg_partition_root(relation), relation);
  member   oid;
  state    record;
  needed   boolean := false;
  joins    boolean := false;
  comments boolean := false;
  parted   boolean := EXISTS (SELECT FROM pg_class c WHERE c.oid = root AND c.relkind = 'p');
  name     name;
  reason   text;
BEGIN
  -- For the event trigger, which need not look at what happens here. Ends with this function.
  PERFORM set_config('bemi.tracks', 'on', true);
  SELECT bool_or(s.expected), bool_or(s.expected AND NOT s.published), bool_or(s.sql_comments) INTO needed, joins, comments
    FROM bemi.tracking_state s WHERE s.relation = root;
  -- The trigger comes before the publication, so that no published change lacks its message. It is created again when a table
  -- joins, for then nobody else writes until the end of the transaction.
  FOR member IN
    SELECT m.oid
      FROM (SELECT root UNION SELECT t.relid FROM pg_partition_tree(root) t) AS m (oid)
      JOIN pg_class c ON c.oid = m.oid AND c.relkind IN ('r', 'p')
     WHERE joins OR needed IS DISTINCT FROM (
             EXISTS (SELECT FROM pg_trigger g
                      WHERE g.tgrelid = m.oid AND g.tgname = '_bemi_session' AND (g.tgnargs > 0) = comments)
             AND (NOT parted OR EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = m.oid AND g.tgname = '_bemi_truncate')))
  LOOP
    IF needed AND parted THEN
      EXECUTE format('CREATE OR REPLACE TRIGGER _bemi_truncate AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION bemi.truncate_message()', member::regclass);
    END IF;
    IF needed THEN
      EXECUTE format('CREATE OR REPLACE TRIGGER _bemi_session AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION bemi.session_message(%s)',
                     member::regclass, CASE WHEN comments THEN quote_literal('sql-comments') END);
    END IF;
  END LOOP;
  FOR state IN SELECT * FROM bemi.tracking_state s WHERE s.relation = root LOOP
    IF state.wanted THEN
      reason := state.obstacle;
    END IF;
    -- ONLY: a child that inherits has no key of its own, and is asked about by itself.
    IF state.expected AND NOT state.published THEN
      EXECUTE format('ALTER PUBLICATION %I ADD TABLE ONLY %s', state.publication, root::regclass);
      -- Whatever is recorded of it is from before a time without recording.
      PERFORM bemi.table_message(root, false, true, bemi.is_empty(root));
    ELSIF state.published AND NOT state.expected AND (state.marked OR NOT state.publishable) THEN
      EXECUTE format('ALTER PUBLICATION %I DROP TABLE ONLY %s', state.publication, root::regclass);
    END IF;
    -- A partition that was published by itself before it was attached.
    FOR member IN
      SELECT t.relid
        FROM pg_partition_tree(root) t
        JOIN pg_publication_rel r ON r.prrelid = t.relid AND r.prrelid <> root
        JOIN pg_publication b ON b.oid = r.prpubid AND b.pubname = state.publication
    LOOP
      EXECUTE format('ALTER PUBLICATION %I DROP TABLE ONLY %s', state.publication, member::regclass);
    END LOOP;
  END LOOP;
  FOR member, name IN
    SELECT g.tgrelid, g.tgname FROM pg_trigger g
     WHERE g.tgname IN ('_bemi_session', '_bemi_truncate')
       AND (needed IS NOT TRUE OR (g.tgname = '_bemi_truncate' AND NOT parted))
       AND g.tgrelid IN (SELECT root UNION SELECT t.relid FROM pg_partition_tree(root) t)
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', name, member::regclass);
  END LOOP;
  RETURN reason;
EXCEPTION WHEN insufficient_privilege THEN
  RETURN format('role %I may not change %s (%s). Type: GRANT %I TO %1$I;', current_user, root::regclass, sqlerrm,
                (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = root));
END
$function$;

-- Notes that a table is written anew, for the end of the statement. Without SET, at whose end the note would be undone.
CREATE FUNCTION bemi.note_rewrite() RETURNS event_trigger
LANGUAGE plpgsql AS $function$
DECLARE
  relation pg_catalog.oid := pg_catalog.pg_event_trigger_table_rewrite_oid();
BEGIN
  PERFORM pg_catalog.set_config('bemi.rewritten', pg_catalog.concat_ws(',',
    CASE WHEN pg_catalog.current_setting('bemi.rewritten', true) OPERATOR(pg_catalog.<>) '' THEN pg_catalog.current_setting('bemi.rewritten', true) END,
    coalesce(pg_catalog.pg_partition_root(relation)::pg_catalog.oid, relation)), true);
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'Bemi could not note that table % is written anew: %', relation, sqlerrm;
END
$function$;

-- Notes, for the end of the statement, partitioned tables that may have lost a partition with it: those that are locked, once a
-- tracked table is dropped that was not published by itself. The server does not say what a dropped partition belonged to.
CREATE FUNCTION bemi.note_drop() RETURNS event_trigger
LANGUAGE plpgsql AS $function$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_event_trigger_dropped_objects() d
              WHERE d.object_type OPERATOR(pg_catalog.=) 'trigger' AND d.address_names[3] OPERATOR(pg_catalog.=) '_bemi_session'
                AND NOT EXISTS (SELECT FROM pg_catalog.pg_event_trigger_dropped_objects() p
                                 WHERE p.object_type OPERATOR(pg_catalog.=) 'publication relation'
                                   AND p.address_names[1:2] OPERATOR(pg_catalog.=) d.address_names[1:2])) THEN
    PERFORM pg_catalog.set_config('bemi.severed', pg_catalog.concat_ws(',', (
      SELECT pg_catalog.string_agg(DISTINCT coalesce(pg_catalog.pg_partition_root(c.oid)::pg_catalog.oid, c.oid)::pg_catalog.text, ',')
        FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) l.relation
       WHERE l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() AND l.mode OPERATOR(pg_catalog.=) 'AccessExclusiveLock'
         AND l.locktype OPERATOR(pg_catalog.=) 'relation' AND c.relkind OPERATOR(pg_catalog.=) 'p')), true);
  END IF;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'Bemi could not note what was dropped: %', sqlerrm;
END
$function$;

-- As before, and says in the WAL what became of the tables.
CREATE OR REPLACE FUNCTION bemi.track_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $function$
DECLARE
  relation  oid;
  known     boolean;
  published boolean;
  reason    text;
  changed   oid[];
  detached  oid[];
  -- Members that the statement has added to a partitioned table.
  attached  oid[];
  severed   text[] := string_to_array(current_setting('bemi.severed', true), ',');
  rewritten text[] := string_to_array(current_setting('bemi.rewritten', true), ',');
BEGIN
  IF tg_tag = 'ALTER PUBLICATION' AND current_setting('bemi.tracks', true) = 'on' OR tg_tag = 'DROP TABLE' AND coalesce(severed, '{}') = '{}' THEN
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM pg_proc p
              WHERE p.pronamespace = 'bemi'::regnamespace AND p.proowner <> current_user::regrole
                AND p.proname IN ('session_message', 'truncate_message', 'identity_obstacle', 'identity_columns', 'obstacle', 'wanted', 'track', 'matches', 'wants_comments', 'table_message', 'is_own', 'is_published', 'is_empty'))
     OR EXISTS (SELECT FROM pg_class c
                 WHERE c.relnamespace = 'bemi'::regnamespace AND c.relowner <> current_user::regrole
                   AND c.relname IN ('tracking', 'tracking_state')) THEN
    RAISE WARNING 'Bemi tracks nothing after %: not all of its functions belong to %', tg_tag, current_user;
    RETURN;
  END IF;
  -- Not local, which would end with this function.
  IF rewritten <> '{}' THEN
    PERFORM set_config('bemi.rewritten', '', false);
  END IF;
  IF severed <> '{}' THEN
    PERFORM set_config('bemi.severed', '', false);
  END IF;
  IF tg_tag = 'ALTER PUBLICATION' THEN
    -- Somebody has added the table, or published something else of it.
    FOR relation IN
      SELECT DISTINCT r.prrelid
        FROM pg_event_trigger_ddl_commands() d
        JOIN pg_publication_rel r ON d.classid = 'pg_publication_rel'::regclass AND r.oid = d.objid
             OR d.classid = 'pg_publication'::regclass AND r.prpubid = d.objid
        JOIN pg_publication p ON p.oid = r.prpubid AND p.pubname IN (SELECT t.publication FROM bemi.tracking t)
    LOOP
      PERFORM bemi.table_message(relation, false, true, false);
    END LOOP;
    RETURN;
  END IF;
  changed := ARRAY(
    WITH RECURSIVE changed (oid) AS (
      SELECT c.oid
        FROM pg_event_trigger_ddl_commands() d JOIN pg_class c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass
       WHERE c.relkind IN ('r', 'p') AND c.relpersistence IN ('p', 'u')
      UNION
      SELECT i.inhrelid FROM pg_inherits i JOIN changed ON changed.oid = i.inhparent
    )
    SELECT DISTINCT coalesce(pg_partition_root(c.oid)::oid, c.oid) FROM changed c);
  IF tg_tag = 'ALTER TABLE' THEN
    -- Partitions that stand alone now.
    detached := ARRAY(
      SELECT g.tgrelid FROM pg_trigger g
       WHERE g.tgname = '_bemi_session' AND coalesce(pg_partition_root(g.tgrelid)::oid, g.tgrelid) = g.tgrelid
         AND NOT EXISTS (SELECT FROM pg_publication_rel r WHERE r.prrelid = g.tgrelid));
    IF detached <> '{}' THEN
      severed := severed || ARRAY(SELECT c.oid::text FROM pg_class c WHERE c.oid = ANY (changed) AND c.relkind = 'p');
    END IF;
  END IF;
  FOR relation IN
    SELECT u.oid
      FROM (SELECT unnest(changed || detached)
            UNION
            SELECT c.oid FROM pg_class c WHERE c.oid::text = ANY (severed)
            UNION
            -- What identified rows may have gone together with something else.
            SELECT s.relation FROM bemi.tracking_state s
             WHERE tg_tag LIKE 'DROP %' AND tg_tag <> 'DROP TABLE' AND s.published AND NOT s.settled) AS u (oid)
     -- First those of which something is to be said.
     ORDER BY bemi.is_published(u.oid) DESC
  LOOP
    BEGIN
      known := EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = relation AND g.tgname = '_bemi_session');
      published := bemi.is_published(relation);
      attached := ARRAY(
        SELECT t.relid FROM pg_partition_tree(relation) t JOIN pg_inherits i ON i.inhrelid = t.relid
         WHERE tg_tag = 'ALTER TABLE' AND t.relid <> relation AND bemi.is_own(i.xmin)
           AND (EXISTS (SELECT FROM pg_publication_rel r WHERE r.prrelid = t.relid)
                OR NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = t.relid AND g.tgname = '_bemi_session')));
      reason := bemi.track(relation);
      IF published AND bemi.is_published(relation) THEN
        PERFORM bemi.table_message(relation, coalesce(relation::text = ANY (rewritten), false),
          coalesce(relation::text = ANY (severed), false) OR EXISTS (SELECT FROM unnest(attached) a WHERE NOT bemi.is_empty(a)),
          bemi.is_empty(relation));
      END IF;
      IF reason IS NOT NULL AND (known OR tg_tag <> 'ALTER TABLE') THEN
        RAISE NOTICE 'Bemi does not track this table: %', reason;
      END IF;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'Bemi could not track table % after %: %. Later type: SELECT * FROM bemi.track_all();', relation::regclass, tg_tag, sqlerrm;
      -- Whoever waits for the publication waits once.
      EXIT WHEN sqlstate = '55P03';
    END;
  END LOOP;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'Bemi could not track the tables after %: %', tg_tag, sqlerrm;
END
$function$;

-- As before, for more statements, and the ones that note what happens within a statement.
CREATE OR REPLACE FUNCTION bemi.create_event_trigger() RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  IF EXISTS (SELECT FROM pg_proc p
              WHERE p.oid IN ('bemi.track_ddl()'::regprocedure, 'bemi.note_rewrite()'::regprocedure, 'bemi.note_drop()'::regprocedure)
                AND p.proowner <> current_user::regrole) THEN
    RETURN 'the functions in schema bemi belong to another role';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_event_trigger e WHERE e.evtname = 'bemi_rewrite') THEN
    CREATE EVENT TRIGGER bemi_rewrite ON table_rewrite EXECUTE FUNCTION bemi.note_rewrite();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_event_trigger e WHERE e.evtname = 'bemi_drop') THEN
    CREATE EVENT TRIGGER bemi_drop ON sql_drop
      WHEN TAG IN ('DROP TABLE', 'DROP TYPE', 'DROP DOMAIN', 'DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED')
      EXECUTE FUNCTION bemi.note_drop();
  END IF;
  IF EXISTS (SELECT FROM pg_event_trigger e WHERE e.evtname = 'bemi_tracking' AND 'ALTER PUBLICATION' = ANY (e.evttags)) THEN
    RETURN NULL;
  END IF;
  DROP EVENT TRIGGER IF EXISTS bemi_tracking;
  CREATE EVENT TRIGGER bemi_tracking ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE SCHEMA', 'ALTER TABLE', 'ALTER PUBLICATION', 'DROP TABLE',
                 'DROP INDEX', 'DROP TYPE', 'DROP DOMAIN', 'DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED')
    EXECUTE FUNCTION bemi.track_ddl();
  RETURN NULL;
EXCEPTION WHEN insufficient_privilege THEN
  RETURN 'only a superuser may create an event trigger';
END
$function$;

-- Where the event trigger is, its companions.
DO $script$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_event_trigger e WHERE e.evtname = 'bemi_tracking') THEN
    PERFORM bemi.create_event_trigger();
  END IF;
END
$script$;

-- Tracking, version 4: a new partition gets the replica identity of its root, as it gets the root's columns and key. The server
-- gives it DEFAULT, and a partitioned table whose partitions differ is not tracked.

-- Runs before bemi.track_ddl, by its trigger's name. What a partition was told otherwise, it keeps.
CREATE FUNCTION bemi.identify_partition() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $function$
DECLARE
  partition oid;
  identity  text;
BEGIN
  IF EXISTS (SELECT FROM pg_proc p
              WHERE p.pronamespace = 'bemi'::regnamespace AND p.proowner <> current_user::regrole AND p.proname IN ('identify_partition', 'is_published')) THEN
    RETURN;
  END IF;
  FOR partition, identity IN
    SELECT c.oid, CASE WHEN r.relreplident = 'f' THEN 'FULL' ELSE 'USING INDEX ' || quote_ident(x.relname) END
      FROM pg_event_trigger_ddl_commands() d
      JOIN pg_class c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass AND c.relispartition AND c.relkind IN ('r', 'p') AND c.relreplident = 'd'
      JOIN pg_class r ON r.oid = pg_partition_root(c.oid) AND r.relreplident IN ('f', 'i')
      LEFT JOIN (pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_index k ON k.indexrelid = pg_partition_root(i.indexrelid) AND k.indisreplident)
             ON i.indrelid = c.oid AND k.indrelid = r.oid
     WHERE (r.relreplident = 'f' OR x.relname IS NOT NULL) AND bemi.is_published(r.oid)
  LOOP
    EXECUTE format('ALTER TABLE ONLY %s REPLICA IDENTITY %s', partition::regclass, identity);
  END LOOP;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'Bemi could not give a new partition the replica identity of its root: %', sqlerrm;
END
$function$;

-- As before, and the one that gives new partitions their identity.
CREATE OR REPLACE FUNCTION bemi.create_event_trigger() RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  IF EXISTS (SELECT FROM pg_proc p
              WHERE p.oid IN ('bemi.track_ddl()'::regprocedure, 'bemi.note_rewrite()'::regprocedure, 'bemi.note_drop()'::regprocedure,
                              'bemi.identify_partition()'::regprocedure)
                AND p.proowner <> current_user::regrole) THEN
    RETURN 'the functions in schema bemi belong to another role';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_event_trigger e WHERE e.evtname = 'bemi_identity') THEN
    CREATE EVENT TRIGGER bemi_identity ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION bemi.identify_partition();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_event_trigger e WHERE e.evtname = 'bemi_rewrite') THEN
    CREATE EVENT TRIGGER bemi_rewrite ON table_rewrite EXECUTE FUNCTION bemi.note_rewrite();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_event_trigger e WHERE e.evtname = 'bemi_drop') THEN
    CREATE EVENT TRIGGER bemi_drop ON sql_drop
      WHEN TAG IN ('DROP TABLE', 'DROP TYPE', 'DROP DOMAIN', 'DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED')
      EXECUTE FUNCTION bemi.note_drop();
  END IF;
  IF EXISTS (SELECT FROM pg_event_trigger e WHERE e.evtname = 'bemi_tracking' AND 'ALTER PUBLICATION' = ANY (e.evttags)) THEN
    RETURN NULL;
  END IF;
  DROP EVENT TRIGGER IF EXISTS bemi_tracking;
  CREATE EVENT TRIGGER bemi_tracking ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE SCHEMA', 'ALTER TABLE', 'ALTER PUBLICATION', 'DROP TABLE',
                 'DROP INDEX', 'DROP TYPE', 'DROP DOMAIN', 'DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED')
    EXECUTE FUNCTION bemi.track_ddl();
  RETURN NULL;
EXCEPTION WHEN insufficient_privilege THEN
  RETURN 'only a superuser may create an event trigger';
END
$function$;

-- Where the event trigger is, its companion.
DO $script$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_event_trigger e WHERE e.evtname = 'bemi_tracking') THEN
    PERFORM bemi.create_event_trigger();
  END IF;
END
$script$;

-- Tracking, version 5: a session says by 'bemi.skip' that what its transaction writes is not to be recorded.

-- The transactions that have said so, by roles that may. Anybody can write a message into the log that looks like theirs: what
-- counts is a row here, which nobody writes but the function below. Ids of transactions are those of one cluster.
CREATE TABLE bemi.skip (
  system_identifier bigint,
  transaction_id    bigint,
  role              name        NOT NULL,
  reason            text        NOT NULL,
  noted_at          timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  PRIMARY KEY (system_identifier, transaction_id)
);

-- Notes the transaction, once, and says so in the WAL; a savepoint that is rolled back takes both away. NULL where the session's
-- role may not: after hardening the trigger calls this with its owner's rights. Never fails.
CREATE FUNCTION bemi.note_skip() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  reason text := left(current_setting('bemi.skip', true), 1000);
BEGIN
  IF reason IS NULL OR reason = '' OR NOT has_function_privilege(session_user, 'bemi.note_skip()', 'EXECUTE') THEN
    RETURN NULL;
  END IF;
  INSERT INTO bemi.skip (system_identifier, transaction_id, role, reason)
  SELECT c.system_identifier, pg_current_xact_id()::text::bigint, session_user, reason FROM pg_control_system() c
      ON CONFLICT DO NOTHING;
  IF FOUND THEN
    PERFORM pg_logical_emit_message(true, '_bemi_skip', '');
  END IF;
  RETURN true;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'Bemi could not note that the transaction is to be skipped, and records it: %', sqlerrm;
  RETURN NULL;
END
$function$;
REVOKE ALL ON FUNCTION bemi.note_skip() FROM PUBLIC;

-- Lets roles skip, those that there are. Changes nothing if they may.
CREATE FUNCTION bemi.allow_skip(roles name[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  role name;
BEGIN
  FOR role IN
    SELECT r.rolname FROM pg_roles r
     WHERE r.rolname = ANY (roles)
       AND NOT (has_schema_privilege(r.oid, 'bemi', 'USAGE') AND has_function_privilege(r.oid, 'bemi.note_skip()', 'EXECUTE'))
  LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA bemi TO %I', role);
    EXECUTE format('GRANT EXECUTE ON FUNCTION bemi.note_skip() TO %I', role);
  END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'Bemi could not let % skip, which the owner of schema bemi has to: %', roles, sqlerrm;
END
$function$;

-- As before, and says that the transaction is to be skipped.
CREATE OR REPLACE FUNCTION bemi.session_message() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
  context   pg_catalog.text;
  ending    pg_catalog.text;
  comment   pg_catalog.text;
  marker    pg_catalog.int4;
  error     pg_catalog.text;
  content   pg_catalog.text;
  outside   pg_catalog.text;
  character pg_catalog.text;
  codes     pg_catalog.int4[];
  escapes   pg_catalog.text[];
  escaped   pg_catalog.jsonb;
  noted     pg_catalog.bool;
BEGIN
  -- In proxied sessions, too, for what migrates a database has the application's connections. One within the other, because the
  -- function's name is looked up with the writer's rights.
  IF pg_catalog.current_setting('bemi.skip', true) OPERATOR(pg_catalog.<>) '' AND pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL THEN
    IF pg_catalog.has_schema_privilege('bemi', 'USAGE') THEN
      IF pg_catalog.has_function_privilege(pg_catalog.to_regprocedure('bemi.note_skip()'), 'EXECUTE') THEN
        noted := bemi.note_skip();
      END IF;
    END IF;
    IF noted IS NULL AND pg_catalog.has_function_privilege(3577::pg_catalog.oid, 'EXECUTE') THEN
      PERFORM pg_catalog.pg_logical_emit_message(true, '_bemi_skip', '');
    END IF;
  END IF;
  IF pg_catalog.current_setting('bemi.proxy', true)
     OPERATOR(pg_catalog.=) pg_catalog.concat('on:', pg_catalog.current_setting('application_name')) THEN
    RETURN NULL;
  END IF;
  -- Without a transaction id nothing has been written, and a message would be the first WAL of the transaction.
  IF pg_catalog.pg_current_xact_id_if_assigned() IS NULL THEN
    RETURN NULL;
  END IF;
  -- 3577 is pg_logical_emit_message(boolean, text, text ...) of every version; an EXCEPTION block instead would give every
  -- statement a subtransaction.
  IF NOT pg_catalog.has_function_privilege(3577::pg_catalog.oid, 'EXECUTE') THEN
    RETURN NULL;
  END IF;
  context := pg_catalog.current_setting('bemi.context', true);
  IF pg_catalog.octet_length(context) OPERATOR(pg_catalog.>) 1048576 THEN
    context := NULL;
    error := 'bemi.context is longer than 1 MB';
  END IF;
  IF TG_NARGS OPERATOR(pg_catalog.>) 0 THEN
    -- Only the end: rtrim fails on a statement of 128 million characters.
    ending := pg_catalog.rtrim(pg_catalog.right(pg_catalog.current_query(), 1050000), E' \t\n\x0b\f\r;');
    IF pg_catalog.right(ending, 6) OPERATOR(pg_catalog.=) 'Bemi*/' THEN
      marker := pg_catalog.strpos(pg_catalog.reverse(ending), pg_catalog.reverse('/*Bemi '));
      IF marker OPERATOR(pg_catalog.>) 0 THEN
        comment := pg_catalog.right(ending, marker OPERATOR(pg_catalog.+) 6);
      END IF;
      IF pg_catalog.octet_length(COALESCE(comment, pg_catalog.current_query())) OPERATOR(pg_catalog.>) 1048576 THEN
        comment := NULL;
        error := pg_catalog.concat_ws('; ', error, 'the comment of the statement is longer than 1 MB');
      END IF;
    END IF;
  END IF;
  content := pg_catalog.concat(
    '{"db":{"user":', pg_catalog.to_json(session_user::pg_catalog.text),
    ',"application":', pg_catalog.to_json(pg_catalog.current_setting('application_name')),
    ',"address":"' OPERATOR(pg_catalog.||) pg_catalog.host(pg_catalog.inet_client_addr()) OPERATOR(pg_catalog.||) '"', '}',
    CASE WHEN context OPERATOR(pg_catalog.<>) '' THEN ',"context":' OPERATOR(pg_catalog.||) pg_catalog.to_json(context)::pg_catalog.text END,
    ',"comment":' OPERATOR(pg_catalog.||) pg_catalog.to_json(comment)::pg_catalog.text,
    ',"error":"' OPERATOR(pg_catalog.||) error OPERATOR(pg_catalog.||) '"', '}');
  -- The stream carries bytes in the encoding of the database; ASCII means the same in all of them.
  IF content OPERATOR(pg_catalog.~) E'[^\\x01-\\x7f]' THEN
    IF pg_catalog.current_setting('server_encoding') OPERATOR(pg_catalog.=) 'UTF8' THEN
      content := (
        SELECT pg_catalog.string_agg(
                 CASE WHEN code OPERATOR(pg_catalog.<) 128 THEN piece
                      WHEN code OPERATOR(pg_catalog.<) 65536
                      THEN E'\\u' OPERATOR(pg_catalog.||) pg_catalog.lpad(pg_catalog.to_hex(code), 4, '0')
                      ELSE pg_catalog.concat(E'\\u', pg_catalog.to_hex(55232 OPERATOR(pg_catalog.+) (code OPERATOR(pg_catalog.>>) 10)),
                                             E'\\u', pg_catalog.to_hex(56320 OPERATOR(pg_catalog.+) (code OPERATOR(pg_catalog.&) 1023))) END, '')
          FROM (SELECT m[1], pg_catalog.ascii(m[1])
                  FROM pg_catalog.regexp_matches(content, E'[\\x01-\\x7f]+|[^\\x01-\\x7f]', 'g') AS m) AS pieces (piece, code));
    ELSE
      outside := CASE WHEN pg_catalog.current_setting('server_encoding') OPERATOR(pg_catalog.=) 'SQL_ASCII'
                      THEN E'[\\xc2-\\xf4][\\x80-\\xbf]{1,3}|[\\x80-\\xff]' ELSE E'[^\\x01-\\x7f]' END;
      -- Each character with what stands for it, in turn.
      FOR character IN
        SELECT DISTINCT m[1] FROM pg_catalog.regexp_matches(content, outside, 'g') AS m
      LOOP
        escapes := pg_catalog.array_append(escapes, character);
        BEGIN
          codes := ARRAY(SELECT pg_catalog.get_byte(b, i)
                           FROM pg_catalog.convert_to(character, 'UTF8') AS b,
                                pg_catalog.generate_series(0, pg_catalog.length(b) OPERATOR(pg_catalog.-) 1) AS i);
          escapes := pg_catalog.array_append(escapes, (
            SELECT CASE WHEN code OPERATOR(pg_catalog.<) 65536
                        THEN E'\\u' OPERATOR(pg_catalog.||) pg_catalog.lpad(pg_catalog.to_hex(code), 4, '0')
                        ELSE pg_catalog.concat(E'\\u', pg_catalog.to_hex(55232 OPERATOR(pg_catalog.+) (code OPERATOR(pg_catalog.>>) 10)),
                                               E'\\u', pg_catalog.to_hex(56320 OPERATOR(pg_catalog.+) (code OPERATOR(pg_catalog.&) 1023))) END
              FROM (SELECT CASE
                             WHEN pg_catalog.cardinality(codes) OPERATOR(pg_catalog.=) 2 THEN ((codes[1] OPERATOR(pg_catalog.&) 31) OPERATOR(pg_catalog.<<) 6)
                                         OPERATOR(pg_catalog.|) (codes[2] OPERATOR(pg_catalog.&) 63)
                             WHEN pg_catalog.cardinality(codes) OPERATOR(pg_catalog.=) 3 THEN ((codes[1] OPERATOR(pg_catalog.&) 15) OPERATOR(pg_catalog.<<) 12)
                                         OPERATOR(pg_catalog.|) ((codes[2] OPERATOR(pg_catalog.&) 63) OPERATOR(pg_catalog.<<) 6)
                                         OPERATOR(pg_catalog.|) (codes[3] OPERATOR(pg_catalog.&) 63)
                             ELSE ((codes[1] OPERATOR(pg_catalog.&) 7) OPERATOR(pg_catalog.<<) 18)
                                         OPERATOR(pg_catalog.|) ((codes[2] OPERATOR(pg_catalog.&) 63) OPERATOR(pg_catalog.<<) 12)
                                         OPERATOR(pg_catalog.|) ((codes[3] OPERATOR(pg_catalog.&) 63) OPERATOR(pg_catalog.<<) 6)
                                         OPERATOR(pg_catalog.|) (codes[4] OPERATOR(pg_catalog.&) 63) END) AS decoded (code)));
        EXCEPTION WHEN OTHERS THEN
          -- Bytes that are no text (possible in SQL_ASCII), or a character that UTF-8 does not have.
          escapes := pg_catalog.array_append(escapes, '?');
        END;
      END LOOP;
      escaped := pg_catalog.jsonb_object(escapes);
      content := (
        SELECT pg_catalog.string_agg(COALESCE(escaped OPERATOR(pg_catalog.->>) m[1], m[1]), '')
          FROM pg_catalog.regexp_matches(content, E'[\\x01-\\x7f]+|' OPERATOR(pg_catalog.||) outside, 'g') AS m);
    END IF;
  END IF;
  PERFORM pg_catalog.pg_logical_emit_message(true, '_bemi_session', content);
  RETURN NULL;
END
$function$;

-- Which tables: the name under which the wishes are kept, patterns to include and to exclude, and the publication.
SELECT bemi.configure('application', '{*}', '{}', 'bemi');

-- Tables that are here now; takes a lock on each until COMMIT. Those that are left out are listed with the reason.
SELECT * FROM bemi.track_all();

-- Tables that are created later, if you are a superuser.
SELECT bemi.create_event_trigger();

-- The application's role looks at what is tracked. Fill in its name:
-- GRANT USAGE ON SCHEMA bemi TO "the application's role";
-- GRANT SELECT ON bemi.meta, bemi.tracking, bemi.tracking_state, bemi.untracked TO "the application's role";

COMMIT;
