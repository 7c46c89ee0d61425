-- Lets only the applications write messages into the log, so that nobody else can give a context to what he writes but by
-- 'bemi.context', nor claim to be another role (../security.md). For a superuser, once tracking is set up, in the
-- application's database; again when a later version of Bemi has replaced the trigger's function. All or nothing; may be
-- repeated. Fill in the roles.
DO $script$
DECLARE
  -- The roles of all applications that have the starter.
  applications name[] := '{"the application''s role"}';
  role         name;
  signature    text;
BEGIN
  FOR signature IN
    SELECT pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid))
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname = 'pg_catalog' AND p.proname = 'pg_logical_emit_message'
  LOOP
    EXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', signature);
    -- The owner of the trigger's function speaks for all other writers.
    FOR role IN
      SELECT pg_catalog.unnest(applications)
      UNION
      SELECT pg_catalog.pg_get_userbyid(p.proowner) FROM pg_catalog.pg_proc p WHERE p.oid = 'bemi.session_message()'::pg_catalog.regprocedure
    LOOP
      EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO %I', signature, role);
    END LOOP;
  END LOOP;
  -- It names everything in full and reads no table, so that a search_path of the writer makes no difference.
  ALTER FUNCTION bemi.session_message() SECURITY DEFINER;
END
$script$;

-- To undo it:
-- GRANT EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message(boolean, text, text) TO PUBLIC;            -- 14 to 16
-- GRANT EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message(boolean, text, bytea) TO PUBLIC;           -- 14 to 16
-- GRANT EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message(boolean, text, text, boolean) TO PUBLIC;   -- 17 and later
-- GRANT EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message(boolean, text, bytea, boolean) TO PUBLIC;  -- 17 and later
-- ALTER FUNCTION bemi.session_message() SECURITY INVOKER;
