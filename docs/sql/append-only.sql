-- Lets a role store what it reads, and nothing else: it cannot change what is recorded, nor take it away (../tamper-evidence.md). For the
-- owner of the store, once an instance has made its tables with the owner's role; again when a later version of Bemi has added tables. May be
-- repeated. Fill in the role, and name it in 'bemi.store.username'.
DO $script$
DECLARE
  writer name := 'the storing role';
BEGIN
  EXECUTE pg_catalog.format('REVOKE ALL ON ALL TABLES IN SCHEMA bemi FROM %I', writer);
  EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA bemi TO %I', writer);
  EXECUTE pg_catalog.format('GRANT SELECT ON ALL TABLES IN SCHEMA bemi TO %I', writer);
  EXECUTE pg_catalog.format('GRANT INSERT ON bemi.change, bemi.context, bemi.relation, bemi.quarantine, bemi.source, bemi.gap, bemi.baseline, bemi.slot_group TO %I', writer);
  -- Of the transaction that is being stored, says the trigger.
  EXECUTE pg_catalog.format('GRANT UPDATE (metadata) ON bemi.context TO %I', writer);
  -- How far ingestion is, where a gap ends, how far the rows are copied that were there.
  EXECUTE pg_catalog.format('GRANT UPDATE (position, timeline, setback, retired) ON bemi.source TO %I', writer);
  EXECUTE pg_catalog.format('GRANT UPDATE (in_use) ON bemi.slot_group TO %I', writer);
  EXECUTE pg_catalog.format('GRANT UPDATE (to_position, to_time) ON bemi.gap TO %I', writer);
  EXECUTE pg_catalog.format('GRANT UPDATE (after, rows, position, completed_at, known, reason) ON bemi.baseline TO %I', writer);
  EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION bemi.add_partition(text, text, timestamptz, timestamptz), bemi.switch_chain(integer, boolean, pg_lsn), '
                            || 'bemi.seal(integer, timestamptz[], pg_lsn[], bigint[], boolean) TO %I', writer);
END
$script$;
