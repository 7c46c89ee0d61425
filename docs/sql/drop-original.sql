-- Takes out what the original packages (for Prisma, TypeORM, Rails, Django and others) have put into the application's database: triggers for each
-- row, whose message stands before its row in the log and so would take another row's place, and event triggers.
-- Run it with their application stopped, as a superuser or as the role that ran their migration. It is all or nothing and may be repeated.
-- Their slot and publication are not touched: see docs/migrating.md.
BEGIN;
SET LOCAL lock_timeout = '10s';
DROP EVENT TRIGGER IF EXISTS _bemi_create_table_trigger;
DROP EVENT TRIGGER IF EXISTS _bemi_set_replica_identity_trigger;
DO $script$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT p.oid::regprocedure AS name, p.prokind FROM pg_proc p
     WHERE p.proname IN ('_bemi_create_table_trigger_func', '_bemi_create_triggers', '_bemi_row_trigger_func',
                         '_bemi_set_replica_identity_func', '_bemi_set_replica_identity')
  LOOP
    -- With the triggers that call it: _bemi_row_trigger_<table> of each table.
    EXECUTE format('DROP %s %s CASCADE', CASE found.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, found.name);
  END LOOP;
END
$script$;
COMMIT;
