-- The role of the application: writes its tables, sends contexts, sees what is tracked, and may wait for the history, which it
-- cannot read (../privileges.md). For a superuser, in the application's database, once tracking is set up by install.sql; again
-- when ingestion has run for the first time. May be repeated. tables: the schema of the tables; schema: that of the store.
--   psql -v ON_ERROR_STOP=1 -v application=shop -v database=shop -v tables=public -v schema=bemi_history -f role-application.sql
BEGIN;
SELECT pg_catalog.set_config('bemi_role.application', :'application', true), pg_catalog.set_config('bemi_role.database', :'database', true),
       pg_catalog.set_config('bemi_role.tables', :'tables', true), pg_catalog.set_config('bemi_role.schema', :'schema', true);
DO $script$
DECLARE
  application name := pg_catalog.current_setting('bemi_role.application');
  tables      name := pg_catalog.current_setting('bemi_role.tables');
  store       name := pg_catalog.current_setting('bemi_role.schema');
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = application) THEN
    EXECUTE pg_catalog.format('CREATE ROLE %I LOGIN', application);
  END IF;
  EXECUTE pg_catalog.format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', application);
  EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I', pg_catalog.current_setting('bemi_role.database'), application);
  EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %I', tables, application);
  EXECUTE pg_catalog.format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I', tables, application);
  EXECUTE pg_catalog.format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO %I', tables, application);
  -- Which tables are tracked.
  EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA bemi TO %I', application);
  EXECUTE pg_catalog.format('GRANT SELECT ON bemi.meta, bemi.tracking, bemi.tracking_state, bemi.untracked TO %I', application);
  -- How far the history is, for who waits for it: a position, and nothing of what is in it.
  IF pg_catalog.to_regclass(pg_catalog.format('%I.source', store)) IS NOT NULL THEN
    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %I', store, application);
    EXECUTE pg_catalog.format('GRANT SELECT (id, name, database, system_identifier, position) ON %I.source TO %I', store, application);
  END IF;
END
$script$;
COMMIT;
