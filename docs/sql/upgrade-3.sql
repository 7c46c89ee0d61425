-- Brings tracking that was set up by hand from version 2 to version 3. Run it once, as the role that set it up: psql -f upgrade-3.sql
-- It fails, and changes nothing, where tracking has another version.
BEGIN;

DO $script$
BEGIN
  UPDATE bemi.meta SET version = 3, applied_at = pg_catalog.now() WHERE component = 'tracking' AND version = 2;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'Tracking has another version than 2';
  END IF;
END
$script$;

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

COMMIT;
