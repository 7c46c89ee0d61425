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

-- Says what the table looks like from here on, as UTF-8 whatever the encoding of the database:
-- rewritten: whether the statement wrote its rows anew, so that columns that it altered have other values.
-- severed: whether it has rows that came otherwise than by recorded changes.
-- filled: what rows that were there got in a column; plain: NULL, unless they were written anew.
CREATE FUNCTION bemi.table_message(relation oid, rewritten boolean, severed boolean) RETURNS void
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
      'filled', a.filled, 'plain', NOT a.atthasdef AND a.attidentity = '' AND a.typtype <> 'd' AND a.filled IS NULL));
  END LOOP;
  PERFORM pg_logical_emit_message(true, '_bemi_table', convert_to(format('%s %s', relation, jsonb_build_object(
    'schema', n.nspname, 'name', c.relname, 'rewritten', rewritten, 'severed', severed, 'columns', columns)), 'UTF8'))
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation;
  -- A message ends where the next record starts: this one keeps the next row apart from the one above.
  PERFORM pg_logical_emit_message(true, '_bemi_heartbeat', '');
END
$function$;

-- As before, and says so in the WAL when a table joins the publication.
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
      -- Whatever is recorded of it is from before a time without recording.
      PERFORM bemi.table_message(root, false, true);
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

-- As before, and says in the WAL what became of the table.
CREATE OR REPLACE FUNCTION bemi.track_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $function$
DECLARE
  relation  oid;
  known     boolean;
  published boolean;
  reason    text;
  attached  oid;
  severed   boolean;
  rewritten text[] := string_to_array(current_setting('bemi.rewritten', true), ',');
BEGIN
  IF EXISTS (SELECT FROM pg_proc p
              WHERE p.pronamespace = 'bemi'::regnamespace AND p.proowner <> current_user::regrole
                AND p.proname IN ('session_message', 'identity_obstacle', 'identity_columns', 'obstacle', 'wanted', 'track', 'matches', 'wants_comments', 'table_message', 'is_own', 'is_published'))
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
    published := bemi.is_published(relation);
    reason := bemi.track(relation);
    IF published AND bemi.is_published(relation) THEN
      severed := false;
      FOR attached IN
        SELECT t.relid FROM pg_partition_tree(relation) t JOIN pg_inherits i ON i.inhrelid = t.relid
         WHERE tg_tag = 'ALTER TABLE' AND t.isleaf AND bemi.is_own(i.xmin)
      LOOP
        IF NOT severed THEN
          EXECUTE format('SELECT EXISTS (SELECT FROM ONLY %s)', attached::regclass) INTO severed;
        END IF;
      END LOOP;
      PERFORM bemi.table_message(relation, coalesce(relation::text = ANY (rewritten), false), severed);
    END IF;
    IF reason IS NOT NULL AND (known OR tg_tag <> 'ALTER TABLE') THEN
      RAISE NOTICE 'Bemi does not track this table: %', reason;
    END IF;
  END LOOP;
  IF rewritten <> '{}' THEN
    -- Not local, which would end with this function.
    PERFORM set_config('bemi.rewritten', '', false);
  END IF;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'Bemi could not track the tables after %: %', tg_tag, sqlerrm;
END
$function$;

-- As before, and the one that notes rewrites.
CREATE OR REPLACE FUNCTION bemi.create_event_trigger() RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  IF EXISTS (SELECT FROM pg_proc p WHERE p.oid IN ('bemi.track_ddl()'::regprocedure, 'bemi.note_rewrite()'::regprocedure) AND p.proowner <> current_user::regrole) THEN
    RETURN 'the functions in schema bemi belong to another role';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_event_trigger e WHERE e.evtname = 'bemi_rewrite') THEN
    CREATE EVENT TRIGGER bemi_rewrite ON table_rewrite EXECUTE FUNCTION bemi.note_rewrite();
  END IF;
  IF EXISTS (SELECT FROM pg_event_trigger e WHERE e.evtname = 'bemi_tracking') THEN
    RETURN NULL;
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

-- Where the event trigger is, its companion.
DO $script$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_event_trigger e WHERE e.evtname = 'bemi_tracking') THEN
    PERFORM bemi.create_event_trigger();
  END IF;
END
$script$;

COMMIT;
