-- What time travel needs where the application's role may not create it (../timetravel.md). For a superuser, in the
-- application's database. May be repeated. Fill in the roles: those of the application, and of people who travel with SQL.
DO $script$
DECLARE
  travellers  name[] := '{"the application''s role"}';
  -- The role that owns the store: bemi.store.username, by default the application's.
  store_owner name := 'the application''s role';
  role        name;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'bemi_past') THEN
    CREATE ROLE bemi_past NOLOGIN;
  END IF;
  FOREACH role IN ARRAY travellers LOOP
    EXECUTE pg_catalog.format('GRANT bemi_past TO %I', role);
  END LOOP;
  EXECUTE pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I', pg_catalog.current_database(), store_owner);
END
$script$;
