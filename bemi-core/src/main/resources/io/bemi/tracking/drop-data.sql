-- Drops everything that Bemi recorded, for ever. Run drop.sql first.
DO $script$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgname = '_bemi_session') THEN
    RAISE EXCEPTION 'Tables are still tracked. Run drop.sql first';
  END IF;
END
$script$;
DROP SCHEMA IF EXISTS bemi CASCADE;
