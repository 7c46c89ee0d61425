-- Tracking, version 2: the comment at the end of a statement, as the original packages write it.

ALTER TABLE bemi.tracking ADD COLUMN sql_comments boolean NOT NULL DEFAULT false;

-- As before, but quick for long texts of many different characters, and with the comment at the end of the statement where the
-- trigger has an argument: the raw text, which is read when it is stored. Reads no table and calls nothing in this schema.
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
BEGIN
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

-- Whether one of the patterns fits the table.
CREATE FUNCTION bemi.matches(schema name, "table" name, patterns text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT EXISTS (SELECT FROM unnest($3) AS pattern WHERE concat($1, '.', $2) LIKE
    CASE WHEN pattern LIKE '%.%' THEN '' ELSE '%.' END
    || replace(replace(replace(replace(pattern, E'\\', E'\\\\'), '%', E'\\%'), '_', E'\\_'), '*', '%'))
$function$;

-- Whether some application wants the table in the publication.
CREATE OR REPLACE FUNCTION bemi.wanted(schema name, "table" name, publication name) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT EXISTS (SELECT FROM bemi.tracking t
                  WHERE t.publication = $3 AND bemi.matches($1, $2, t.include) AND NOT bemi.matches($1, $2, t.exclude))
$function$;

-- Whether some application that wants the table wants the comments of its statements.
CREATE FUNCTION bemi.wants_comments(schema name, "table" name) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT EXISTS (SELECT FROM bemi.tracking t
                  WHERE t.sql_comments AND bemi.matches($1, $2, t.include) AND NOT bemi.matches($1, $2, t.exclude))
$function$;

-- As before, and whether the triggers read comments or not, as it is wanted.
CREATE OR REPLACE VIEW bemi.tracking_state AS
SELECT s.relation, s.schema, s."table", s.publication, s.wanted, s.published, s.stray, s.marked, s.complete, s.obstacle, s.publishable,
       s.publishable IS TRUE AND s.wanted AS expected,
       CASE WHEN s.publishable AND s.wanted THEN s.published ELSE NOT s.published OR (s.publishable AND NOT s.marked) END
       AND CASE WHEN s.publishable AND bool_or(s.wanted) OVER (PARTITION BY s.relation) THEN s.complete AND s.faithful ELSE NOT s.marked END
       AND NOT s.stray AS settled,
       s.sql_comments
  FROM (SELECT t.*, t.obstacle IS NULL AS publishable
          FROM (SELECT c.oid AS relation, n.nspname AS schema, c.relname AS "table", p.publication,
                       -- The history of Flyway, whatever it is called.
                       bemi.wanted(n.nspname, c.relname, p.publication)
                       AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                                        WHERE a.attrelid = c.oid AND a.attnum > 0
                                          AND a.attname IN ('installed_rank', 'version', 'description', 'type', 'script', 'checksum', 'success')
                                       HAVING pg_catalog.count(*) = 7) AS wanted,
                       EXISTS (SELECT FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication b ON b.oid = r.prpubid
                                WHERE r.prrelid = c.oid AND b.pubname = p.publication) AS published,
                       EXISTS (SELECT FROM pg_catalog.pg_partition_tree(c.oid) t
                                 JOIN pg_catalog.pg_publication_rel r ON r.prrelid = t.relid AND r.prrelid <> c.oid
                                 JOIN pg_catalog.pg_publication b ON b.oid = r.prpubid AND b.pubname = p.publication) AS stray,
                       m.marked, m.complete, bemi.obstacle(c.oid) AS obstacle, m.faithful, w.sql_comments
                  FROM pg_catalog.pg_class c
                  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                 CROSS JOIN (SELECT DISTINCT publication FROM bemi.tracking) p
                 CROSS JOIN LATERAL (SELECT bemi.wants_comments(n.nspname, c.relname) AS sql_comments) w
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(bool_or(g.oid IS NOT NULL), false) AS marked, bool_and(g.oid IS NOT NULL) AS complete,
                              bool_and((g.tgnargs > 0) = w.sql_comments) AS faithful
                         FROM (SELECT c.oid UNION SELECT relid FROM pg_catalog.pg_partition_tree(c.oid)) AS member (oid)
                         JOIN pg_catalog.pg_class l ON l.oid = member.oid AND l.relkind IN ('r', 'p')
                         LEFT JOIN pg_catalog.pg_trigger g ON g.tgrelid = l.oid AND g.tgname = '_bemi_session') m
                 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
                   AND n.nspname NOT IN ('bemi', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
                   -- A store in another schema would record itself for ever; its table meta is the first that it creates.
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_class t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid
                                    WHERE t.relnamespace = n.oid AND t.relname = 'meta' AND t.relkind = 'r' AND a.attnum > 0
                                   HAVING array_agg(a.attname ORDER BY a.attnum) = '{component,version,applied_at}')
                   AND c.relname NOT IN ('flyway_schema_history', 'databasechangelog', 'databasechangeloglock')
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')) t) s;

-- As before, and gives the trigger its argument where comments are wanted.
CREATE OR REPLACE FUNCTION bemi.track(relation oid) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  root     oid := coalesce(pg_partition_root(relation), relation);
  member   oid;
  state    record;
  needed   boolean := false;
  comments boolean := false;
  reason   text;
BEGIN
  -- The trigger comes before the publication, so that no published change lacks its message.
  SELECT bool_or(s.expected), bool_or(s.sql_comments) INTO needed, comments FROM bemi.tracking_state s WHERE s.relation = root;
  FOR member IN
    SELECT m.oid
      FROM (SELECT root UNION SELECT t.relid FROM pg_partition_tree(root) t) AS m (oid)
      JOIN pg_class c ON c.oid = m.oid AND c.relkind IN ('r', 'p')
     WHERE needed IS DISTINCT FROM EXISTS (SELECT FROM pg_trigger g
                                            WHERE g.tgrelid = m.oid AND g.tgname = '_bemi_session' AND (g.tgnargs > 0) = comments)
  LOOP
    IF needed THEN
      EXECUTE format('CREATE OR REPLACE TRIGGER _bemi_session AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION bemi.session_message(%s)',
                     member::regclass, CASE WHEN comments THEN quote_literal('sql-comments') END);
    END IF;
  END LOOP;
  FOR state IN SELECT * FROM bemi.tracking_state s WHERE s.relation = root LOOP
    IF state.wanted THEN
      reason := state.obstacle;
    END IF;
    -- ONLY: a child that inherits has no key of its own, and is asked about by itself.
    IF state.expected AND NOT state.published THEN
      EXECUTE format('ALTER PUBLICATION %I ADD TABLE ONLY %s', state.publication, root::regclass);
    ELSIF state.published AND NOT state.expected AND (state.marked OR NOT state.publishable) THEN
      EXECUTE format('ALTER PUBLICATION %I DROP TABLE ONLY %s', state.publication, root::regclass);
    END IF;
    -- A partition that was published by itself before it was attached.
    FOR member IN
      SELECT t.relid
        FROM pg_partition_tree(root) t
        JOIN pg_publication_rel r ON r.prrelid = t.relid AND r.prrelid <> root
        JOIN pg_publication b ON b.oid = r.prpubid AND b.pubname = state.publication
    LOOP
      EXECUTE format('ALTER PUBLICATION %I DROP TABLE ONLY %s', state.publication, member::regclass);
    END LOOP;
  END LOOP;
  IF needed IS NOT TRUE THEN
    FOR member IN
      SELECT g.tgrelid FROM pg_trigger g
       WHERE g.tgname = '_bemi_session'
         AND g.tgrelid IN (SELECT root UNION SELECT t.relid FROM pg_partition_tree(root) t)
    LOOP
      EXECUTE format('DROP TRIGGER _bemi_session ON %s', member::regclass);
    END LOOP;
  END IF;
  RETURN reason;
EXCEPTION WHEN insufficient_privilege THEN
  RETURN format('role %I may not change %s (%s). Type: GRANT %I TO %1$I;', current_user, root::regclass, sqlerrm,
                (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = root));
END
$function$;

-- As before, and calls more functions.
CREATE OR REPLACE FUNCTION bemi.track_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $function$
DECLARE
  relation oid;
  known    boolean;
  reason   text;
BEGIN
  IF EXISTS (SELECT FROM pg_proc p
              WHERE p.pronamespace = 'bemi'::regnamespace AND p.proowner <> current_user::regrole
                AND p.proname IN ('session_message', 'identity_obstacle', 'identity_columns', 'obstacle', 'wanted', 'track', 'matches', 'wants_comments'))
     OR EXISTS (SELECT FROM pg_class c
                 WHERE c.relnamespace = 'bemi'::regnamespace AND c.relowner <> current_user::regrole
                   AND c.relname IN ('tracking', 'tracking_state')) THEN
    RAISE WARNING 'Bemi tracks nothing after %: not all of its functions belong to %', tg_tag, current_user;
    RETURN;
  END IF;
  FOR relation IN
    WITH RECURSIVE changed (oid) AS (
      SELECT c.oid
        FROM pg_event_trigger_ddl_commands() d JOIN pg_class c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass
       WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
      UNION
      SELECT i.inhrelid FROM pg_inherits i JOIN changed ON changed.oid = i.inhparent
    )
    SELECT coalesce(pg_partition_root(changed.oid), changed.oid) FROM changed
    UNION
    -- A partition that stands alone now.
    SELECT g.tgrelid FROM pg_trigger g
     WHERE tg_tag = 'ALTER TABLE' AND g.tgname = '_bemi_session' AND pg_partition_root(g.tgrelid) IS NULL
       AND NOT EXISTS (SELECT FROM pg_publication_rel r WHERE r.prrelid = g.tgrelid)
    UNION
    -- What identified rows may have gone together with something else.
    SELECT s.relation FROM bemi.tracking_state s WHERE tg_tag LIKE 'DROP %' AND s.published AND NOT s.settled
  LOOP
    known := EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = relation AND g.tgname = '_bemi_session');
    reason := bemi.track(relation);
    IF reason IS NOT NULL AND (known OR tg_tag <> 'ALTER TABLE') THEN
      RAISE NOTICE 'Bemi does not track this table: %', reason;
    END IF;
  END LOOP;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'Bemi could not track the tables after %: %', tg_tag, sqlerrm;
END
$function$;

-- As before, and says whether comments count.
CREATE FUNCTION bemi.configure(owner text, include text[], exclude text[], publication name, sql_comments boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  PERFORM bemi.configure($1, $2, $3, $4);
  UPDATE bemi.tracking t SET sql_comments = $5 WHERE t.owner = $1 AND t.sql_comments <> $5;
END
$function$;
