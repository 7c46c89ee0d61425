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
