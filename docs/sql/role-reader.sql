-- The role of who reads the history: questions, and the past of tables by TimeTravel.asOf (../privileges.md). For a superuser or
-- the owner of the store, in the store's database, when ingestion has run for the first time; again after an update of Bemi. May
-- be repeated. Who is not a superuser has the role created first. schema: that of the store.
--   psql -v ON_ERROR_STOP=1 -v reader=auditor -v database=shop -v schema=bemi_history -f role-reader.sql
BEGIN;
SELECT pg_catalog.set_config('bemi_role.reader', :'reader', true), pg_catalog.set_config('bemi_role.database', :'database', true),
       pg_catalog.set_config('bemi_role.schema', :'schema', true);
DO $script$
DECLARE
  reader name := pg_catalog.current_setting('bemi_role.reader');
  store  name := pg_catalog.current_setting('bemi_role.schema');
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = reader) THEN
    EXECUTE pg_catalog.format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', reader);
  END IF;
  EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I', pg_catalog.current_setting('bemi_role.database'), reader);
  EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %I', store, reader);
  -- What the view is made of, what questions read beside it, and where the history has gaps. Not the rows in quarantine.
  EXECUTE pg_catalog.format('GRANT SELECT ON %1$I.changes, %1$I.change, %1$I.context, %1$I.relation, %1$I.source, %1$I.baseline, %1$I.gap TO %2$I',
                            store, reader);
  EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION %1$I.moment(text, text, boolean, text), %1$I.past(text, bigint, text, bigint[], bigint[]) TO %2$I',
                            store, reader);
END
$script$;
COMMIT;
