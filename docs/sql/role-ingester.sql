-- The role that records: reads the log and the tables that are tracked, and owns the store (../privileges.md). For a superuser,
-- in the application's database, once tracking is set up by install.sql; again when further tables are tracked. May be repeated.
-- schema: that of the store, which is created; not the one of tracking, which belongs to somebody else.
--   psql -v ON_ERROR_STOP=1 -v ingester=bemi_ingester -v database=shop -v schema=bemi_history -f role-ingester.sql
BEGIN;
SELECT pg_catalog.set_config('bemi_role.ingester', :'ingester', true), pg_catalog.set_config('bemi_role.database', :'database', true),
       pg_catalog.set_config('bemi_role.schema', :'schema', true);
DO $script$
DECLARE
  ingester name := pg_catalog.current_setting('bemi_role.ingester');
  store    name := pg_catalog.current_setting('bemi_role.schema');
  owner    name;
  tracked  record;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ingester) THEN
    EXECUTE pg_catalog.format('CREATE ROLE %I LOGIN', ingester);
  END IF;
  EXECUTE pg_catalog.format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE REPLICATION NOBYPASSRLS', ingester);
  EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I', pg_catalog.current_setting('bemi_role.database'), ingester);
  -- The rows that were there before changes of them were recorded.
  FOR tracked IN
    SELECT DISTINCT p.schemaname, p.tablename FROM pg_catalog.pg_publication_tables p JOIN bemi.tracking t ON t.publication = p.pubname
  LOOP
    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %I', tracked.schemaname, ingester);
    EXECUTE pg_catalog.format('GRANT SELECT ON %I.%I TO %I', tracked.schemaname, tracked.tablename, ingester);
  END LOOP;
  -- Which transactions may be skipped.
  IF pg_catalog.to_regclass('bemi.skip') IS NOT NULL THEN
    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA bemi TO %I', ingester);
    EXECUTE pg_catalog.format('GRANT SELECT ON bemi.skip TO %I', ingester);
  END IF;
  SELECT pg_catalog.pg_get_userbyid(n.nspowner) INTO owner FROM pg_catalog.pg_namespace n WHERE n.nspname = store;
  IF owner IS NULL THEN
    EXECUTE pg_catalog.format('CREATE SCHEMA %I AUTHORIZATION %I', store, ingester);
  ELSIF owner <> ingester THEN
    RAISE EXCEPTION 'Schema % belongs to %: name another one for the store, such as bemi_history', store, owner;
  END IF;
END
$script$;
COMMIT;
