-- Takes Bemi's tracking out of this database: slot, event trigger, triggers, publications, functions. What was recorded
-- stays; drop-data.sql removes that. Stop the applications that have the starter first. All or nothing; may be
-- repeated. Run it as the role that set tracking up, or as a superuser.
DO $script$
DECLARE
  relation    regclass;
  name        name;
  publication name;
  slot        record;
  instances   bigint;
BEGIN
  -- An instance that runs, or stands by, would create the slot anew.
  SELECT pg_catalog.count(*) INTO instances FROM pg_catalog.pg_stat_activity
   WHERE datname = pg_catalog.current_database() AND application_name = 'bemi-ingestion';
  IF instances > 0 THEN
    RAISE EXCEPTION 'Applications that have the starter still run: % connections to this database are named bemi-ingestion (see pg_stat_activity). Stop every instance, then run this again', instances;
  END IF;

  -- The slot first: it keeps WAL for ever, and it must not outlive its publication. Its name is bemi_<database> unless
  -- 'bemi.replication.slot' said otherwise.
  FOR slot IN
    SELECT s.slot_name, s.active_pid FROM pg_catalog.pg_replication_slots s
     WHERE s.database = pg_catalog.current_database() AND s.plugin = 'pgoutput' AND s.slot_name LIKE E'bemi\\_%'
  LOOP
    IF slot.active_pid IS NOT NULL THEN
      RAISE EXCEPTION 'Replication slot % is in use by process %. Stop the applications that have the starter, then run this again', slot.slot_name, slot.active_pid;
    END IF;
    PERFORM pg_catalog.pg_drop_replication_slot(slot.slot_name);
  END LOOP;

  DROP EVENT TRIGGER IF EXISTS bemi_tracking;
  DROP EVENT TRIGGER IF EXISTS bemi_rewrite;
  DROP EVENT TRIGGER IF EXISTS bemi_drop;
  DROP EVENT TRIGGER IF EXISTS bemi_identity;

  FOR relation, name IN SELECT g.tgrelid, g.tgname FROM pg_catalog.pg_trigger g WHERE g.tgname IN ('_bemi_session', '_bemi_truncate') AND NOT g.tgisinternal LOOP
    EXECUTE pg_catalog.format('DROP TRIGGER %I ON %s', name, relation);
  END LOOP;

  IF pg_catalog.to_regclass('bemi.tracking') IS NOT NULL THEN
    FOR publication IN EXECUTE 'SELECT DISTINCT publication FROM bemi.tracking' LOOP
      EXECUTE pg_catalog.format('DROP PUBLICATION IF EXISTS %I', publication);
    END LOOP;
  END IF;

  -- The as-of views are made anew when somebody travels. The role may serve other databases.
  FOR name IN SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname LIKE E'bemi\\_asof\\_%' LOOP
    EXECUTE pg_catalog.format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
  IF pg_catalog.to_regclass('bemi.asof_view') IS NOT NULL THEN
    FOR name IN EXECUTE 'SELECT unnest(indexes) FROM bemi.asof_view' LOOP
      EXECUTE pg_catalog.format('DROP INDEX IF EXISTS bemi.%I', name);
    END LOOP;
    EXECUTE 'DELETE FROM bemi.asof_view';
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'bemi_past') THEN
    BEGIN
      DROP OWNED BY bemi_past;
      DROP ROLE bemi_past;
      FOR name IN SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.rolname LIKE E'bemi\\_asof\\_%' LOOP
        EXECUTE pg_catalog.format('DROP ROLE %I', name);
      END LOOP;
    EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
      RAISE NOTICE 'Role bemi_past stays: %', SQLERRM;
    END;
  END IF;

  IF EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'bemi') THEN
    DROP FUNCTION IF EXISTS bemi.create_event_trigger();
    DROP FUNCTION IF EXISTS bemi.track_ddl();
    DROP FUNCTION IF EXISTS bemi.note_rewrite();
    DROP FUNCTION IF EXISTS bemi.note_drop();
    DROP FUNCTION IF EXISTS bemi.identify_partition();
    DROP FUNCTION IF EXISTS bemi.truncate_message();
    DROP FUNCTION IF EXISTS bemi.configure(text, text[], text[], name, boolean);
    DROP FUNCTION IF EXISTS bemi.configure(text, text[], text[], name);
    DROP FUNCTION IF EXISTS bemi.track_all();
    DROP FUNCTION IF EXISTS bemi.track(oid);
    DROP FUNCTION IF EXISTS bemi.table_message(oid, boolean, boolean, boolean);
    DROP FUNCTION IF EXISTS bemi.is_empty(oid);
    DROP FUNCTION IF EXISTS bemi.is_published(oid);
    DROP FUNCTION IF EXISTS bemi.is_own(xid);
    DROP VIEW IF EXISTS bemi.untracked;
    DROP VIEW IF EXISTS bemi.tracking_state;
    DROP FUNCTION IF EXISTS bemi.wants_comments(name, name);
    DROP FUNCTION IF EXISTS bemi.wanted(name, name, name);
    DROP FUNCTION IF EXISTS bemi.matches(name, name, text[]);
    DROP FUNCTION IF EXISTS bemi.obstacle(oid);
    DROP FUNCTION IF EXISTS bemi.identity_columns(oid);
    DROP FUNCTION IF EXISTS bemi.identity_obstacle(oid);
    DROP FUNCTION IF EXISTS bemi.session_message();
    DROP FUNCTION IF EXISTS bemi.allow_skip(name[]);
    DROP FUNCTION IF EXISTS bemi.note_skip();
    DROP TABLE IF EXISTS bemi.skip;
    DROP TABLE IF EXISTS bemi.tracking;
    IF pg_catalog.to_regclass('bemi.meta') IS NOT NULL THEN
      DELETE FROM bemi.meta WHERE component = 'tracking';
    END IF;
    -- Without recorded changes nothing is left but the table of versions.
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = 'bemi'::pg_catalog.regnamespace
                      AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relname <> 'meta')
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'bemi'::pg_catalog.regnamespace) THEN
      DROP TABLE IF EXISTS bemi.meta;
      DROP SCHEMA bemi;
    END IF;
  END IF;

  -- Flyway's history, whatever the table is called: Bemi's entry would do no harm, but what it says is no longer true.
  FOR relation IN
    SELECT a.attrelid
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
     WHERE a.attname IN ('installed_rank', 'version', 'description', 'type', 'script', 'checksum', 'success') AND a.attnum > 0
     GROUP BY a.attrelid
    HAVING pg_catalog.count(*) = 7
  LOOP
    EXECUTE pg_catalog.format('DELETE FROM %s WHERE script = %L', relation, 'io.bemi.autoconfigure.tracking.BemiTrackingMigration');
  END LOOP;
END
$script$;
