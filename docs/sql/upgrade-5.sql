-- Brings tracking that was set up by hand from version 4 to version 5. Run it once, as the role that set it up: psql -f upgrade-5.sql
-- It fails, and changes nothing, where tracking has another version.
BEGIN;

DO $script$
BEGIN
  UPDATE bemi.meta SET version = 5, applied_at = pg_catalog.now() WHERE component = 'tracking' AND version = 4;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'Tracking has another version than 4';
  END IF;
END
$script$;

-- Tracking, version 5: a session says by 'bemi.skip' that what its transaction writes is not to be recorded.

-- The transactions that have said so, by roles that may. Anybody can write a message into the log that looks like theirs: what
-- counts is a row here, which nobody writes but the function below. Ids of transactions are those of one cluster.
CREATE TABLE bemi.skip (
  system_identifier bigint,
  transaction_id    bigint,
  role              name        NOT NULL,
  reason            text        NOT NULL,
  noted_at          timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  PRIMARY KEY (system_identifier, transaction_id)
);

-- Notes the transaction, once, and says so in the WAL; a savepoint that is rolled back takes both away. NULL where the session's
-- role may not: after hardening the trigger calls this with its owner's rights. Never fails.
CREATE FUNCTION bemi.note_skip() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  reason text := left(current_setting('bemi.skip', true), 1000);
BEGIN
  IF reason IS NULL OR reason = '' OR NOT has_function_privilege(session_user, 'bemi.note_skip()', 'EXECUTE') THEN
    RETURN NULL;
  END IF;
  INSERT INTO bemi.skip (system_identifier, transaction_id, role, reason)
  SELECT c.system_identifier, pg_current_xact_id()::text::bigint, session_user, reason FROM pg_control_system() c
      ON CONFLICT DO NOTHING;
  IF FOUND THEN
    PERFORM pg_logical_emit_message(true, '_bemi_skip', '');
  END IF;
  RETURN true;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'Bemi could not note that the transaction is to be skipped, and records it: %', sqlerrm;
  RETURN NULL;
END
$function$;
REVOKE ALL ON FUNCTION bemi.note_skip() FROM PUBLIC;

-- Lets roles skip, those that there are. Changes nothing if they may.
CREATE FUNCTION bemi.allow_skip(roles name[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  role name;
BEGIN
  FOR role IN
    SELECT r.rolname FROM pg_roles r
     WHERE r.rolname = ANY (roles)
       AND NOT (has_schema_privilege(r.oid, 'bemi', 'USAGE') AND has_function_privilege(r.oid, 'bemi.note_skip()', 'EXECUTE'))
  LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA bemi TO %I', role);
    EXECUTE format('GRANT EXECUTE ON FUNCTION bemi.note_skip() TO %I', role);
  END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'Bemi could not let % skip, which the owner of schema bemi has to: %', roles, sqlerrm;
END
$function$;

-- As before, and says that the transaction is to be skipped.
CREATE OR REPLACE FUNCTION bemi.session_message() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
  context   pg_catalog.text;
  ending    pg_catalog.text;
  comment   pg_catalog.text;
  marker    pg_catalog.int4;
  error     pg_catalog.text;
  content   pg_catalog.text;
  outside   pg_catalog.text;
  character pg_catalog.text;
  codes     pg_catalog.int4[];
  escapes   pg_catalog.text[];
  escaped   pg_catalog.jsonb;
  noted     pg_catalog.bool;
BEGIN
  -- In proxied sessions, too, for what migrates a database has the application's connections. One within the other, because the
  -- function's name is looked up with the writer's rights.
  IF pg_catalog.current_setting('bemi.skip', true) OPERATOR(pg_catalog.<>) '' AND pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL THEN
    IF pg_catalog.has_schema_privilege('bemi', 'USAGE') THEN
      IF pg_catalog.has_function_privilege(pg_catalog.to_regprocedure('bemi.note_skip()'), 'EXECUTE') THEN
        noted := bemi.note_skip();
      END IF;
    END IF;
    IF noted IS NULL AND pg_catalog.has_function_privilege(3577::pg_catalog.oid, 'EXECUTE') THEN
      PERFORM pg_catalog.pg_logical_emit_message(true, '_bemi_skip', '');
    END IF;
  END IF;
  IF pg_catalog.current_setting('bemi.proxy', true)
     OPERATOR(pg_catalog.=) pg_catalog.concat('on:', pg_catalog.current_setting('application_name')) THEN
    RETURN NULL;
  END IF;
  -- Without a transaction id nothing has been written, and a message would be the first WAL of the transaction.
  IF pg_catalog.pg_current_xact_id_if_assigned() IS NULL THEN
    RETURN NULL;
  END IF;
  -- 3577 is pg_logical_emit_message(boolean, text, text ...) of every version; an EXCEPTION block instead would give every
  -- statement a subtransaction.
  IF NOT pg_catalog.has_function_privilege(3577::pg_catalog.oid, 'EXECUTE') THEN
    RETURN NULL;
  END IF;
  context := pg_catalog.current_setting('bemi.context', true);
  IF pg_catalog.octet_length(context) OPERATOR(pg_catalog.>) 1048576 THEN
    context := NULL;
    error := 'bemi.context is longer than 1 MB';
  END IF;
  IF TG_NARGS OPERATOR(pg_catalog.>) 0 THEN
    -- Only the end: rtrim fails on a statement of 128 million characters.
    ending := pg_catalog.rtrim(pg_catalog.right(pg_catalog.current_query(), 1050000), E' \t\n\x0b\f\r;');
    IF pg_catalog.right(ending, 6) OPERATOR(pg_catalog.=) 'Bemi*/' THEN
      marker := pg_catalog.strpos(pg_catalog.reverse(ending), pg_catalog.reverse('/*Bemi '));
      IF marker OPERATOR(pg_catalog.>) 0 THEN
        comment := pg_catalog.right(ending, marker OPERATOR(pg_catalog.+) 6);
      END IF;
      IF pg_catalog.octet_length(COALESCE(comment, pg_catalog.current_query())) OPERATOR(pg_catalog.>) 1048576 THEN
        comment := NULL;
        error := pg_catalog.concat_ws('; ', error, 'the comment of the statement is longer than 1 MB');
      END IF;
    END IF;
  END IF;
  content := pg_catalog.concat(
    '{"db":{"user":', pg_catalog.to_json(session_user::pg_catalog.text),
    ',"application":', pg_catalog.to_json(pg_catalog.current_setting('application_name')),
    ',"address":"' OPERATOR(pg_catalog.||) pg_catalog.host(pg_catalog.inet_client_addr()) OPERATOR(pg_catalog.||) '"', '}',
    CASE WHEN context OPERATOR(pg_catalog.<>) '' THEN ',"context":' OPERATOR(pg_catalog.||) pg_catalog.to_json(context)::pg_catalog.text END,
    ',"comment":' OPERATOR(pg_catalog.||) pg_catalog.to_json(comment)::pg_catalog.text,
    ',"error":"' OPERATOR(pg_catalog.||) error OPERATOR(pg_catalog.||) '"', '}');
  -- The stream carries bytes in the encoding of the database; ASCII means the same in all of them.
  IF content OPERATOR(pg_catalog.~) E'[^\\x01-\\x7f]' THEN
    IF pg_catalog.current_setting('server_encoding') OPERATOR(pg_catalog.=) 'UTF8' THEN
      content := (
        SELECT pg_catalog.string_agg(
                 CASE WHEN code OPERATOR(pg_catalog.<) 128 THEN piece
                      WHEN code OPERATOR(pg_catalog.<) 65536
                      THEN E'\\u' OPERATOR(pg_catalog.||) pg_catalog.lpad(pg_catalog.to_hex(code), 4, '0')
                      ELSE pg_catalog.concat(E'\\u', pg_catalog.to_hex(55232 OPERATOR(pg_catalog.+) (code OPERATOR(pg_catalog.>>) 10)),
                                             E'\\u', pg_catalog.to_hex(56320 OPERATOR(pg_catalog.+) (code OPERATOR(pg_catalog.&) 1023))) END, '')
          FROM (SELECT m[1], pg_catalog.ascii(m[1])
                  FROM pg_catalog.regexp_matches(content, E'[\\x01-\\x7f]+|[^\\x01-\\x7f]', 'g') AS m) AS pieces (piece, code));
    ELSE
      outside := CASE WHEN pg_catalog.current_setting('server_encoding') OPERATOR(pg_catalog.=) 'SQL_ASCII'
                      THEN E'[\\xc2-\\xf4][\\x80-\\xbf]{1,3}|[\\x80-\\xff]' ELSE E'[^\\x01-\\x7f]' END;
      -- Each character with what stands for it, in turn.
      FOR character IN
        SELECT DISTINCT m[1] FROM pg_catalog.regexp_matches(content, outside, 'g') AS m
      LOOP
        escapes := pg_catalog.array_append(escapes, character);
        BEGIN
          codes := ARRAY(SELECT pg_catalog.get_byte(b, i)
                           FROM pg_catalog.convert_to(character, 'UTF8') AS b,
                                pg_catalog.generate_series(0, pg_catalog.length(b) OPERATOR(pg_catalog.-) 1) AS i);
          escapes := pg_catalog.array_append(escapes, (
            SELECT CASE WHEN code OPERATOR(pg_catalog.<) 65536
                        THEN E'\\u' OPERATOR(pg_catalog.||) pg_catalog.lpad(pg_catalog.to_hex(code), 4, '0')
                        ELSE pg_catalog.concat(E'\\u', pg_catalog.to_hex(55232 OPERATOR(pg_catalog.+) (code OPERATOR(pg_catalog.>>) 10)),
                                               E'\\u', pg_catalog.to_hex(56320 OPERATOR(pg_catalog.+) (code OPERATOR(pg_catalog.&) 1023))) END
              FROM (SELECT CASE
                             WHEN pg_catalog.cardinality(codes) OPERATOR(pg_catalog.=) 2 THEN ((codes[1] OPERATOR(pg_catalog.&) 31) OPERATOR(pg_catalog.<<) 6)
                                         OPERATOR(pg_catalog.|) (codes[2] OPERATOR(pg_catalog.&) 63)
                             WHEN pg_catalog.cardinality(codes) OPERATOR(pg_catalog.=) 3 THEN ((codes[1] OPERATOR(pg_catalog.&) 15) OPERATOR(pg_catalog.<<) 12)
                                         OPERATOR(pg_catalog.|) ((codes[2] OPERATOR(pg_catalog.&) 63) OPERATOR(pg_catalog.<<) 6)
                                         OPERATOR(pg_catalog.|) (codes[3] OPERATOR(pg_catalog.&) 63)
                             ELSE ((codes[1] OPERATOR(pg_catalog.&) 7) OPERATOR(pg_catalog.<<) 18)
                                         OPERATOR(pg_catalog.|) ((codes[2] OPERATOR(pg_catalog.&) 63) OPERATOR(pg_catalog.<<) 12)
                                         OPERATOR(pg_catalog.|) ((codes[3] OPERATOR(pg_catalog.&) 63) OPERATOR(pg_catalog.<<) 6)
                                         OPERATOR(pg_catalog.|) (codes[4] OPERATOR(pg_catalog.&) 63) END) AS decoded (code)));
        EXCEPTION WHEN OTHERS THEN
          -- Bytes that are no text (possible in SQL_ASCII), or a character that UTF-8 does not have.
          escapes := pg_catalog.array_append(escapes, '?');
        END;
      END LOOP;
      escaped := pg_catalog.jsonb_object(escapes);
      content := (
        SELECT pg_catalog.string_agg(COALESCE(escaped OPERATOR(pg_catalog.->>) m[1], m[1]), '')
          FROM pg_catalog.regexp_matches(content, E'[\\x01-\\x7f]+|' OPERATOR(pg_catalog.||) outside, 'g') AS m);
    END IF;
  END IF;
  PERFORM pg_catalog.pg_logical_emit_message(true, '_bemi_session', content);
  RETURN NULL;
END
$function$;

COMMIT;
