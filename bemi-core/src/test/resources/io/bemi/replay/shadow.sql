-- What each change of a row was, according to triggers, and what happened to tables: the truth that the history is
-- compared with.
CREATE SCHEMA shadow;
CREATE SEQUENCE shadow.number;
CREATE SEQUENCE shadow.volatile;

-- One row per changed row, rolled back with it. columns: the numbers of the columns by name. published: whether the stream
-- has the change.
CREATE TABLE shadow.change (
    number      bigint PRIMARY KEY DEFAULT nextval('shadow.number'),
    transaction bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    relation    oid NOT NULL,
    name        text NOT NULL,
    operation   text NOT NULL,
    old         jsonb,
    new         jsonb,
    columns     jsonb NOT NULL,
    published   boolean NOT NULL,
    partition   boolean NOT NULL
);

-- The last statement of each transaction. Tracked, so that the history has the position of every commit.
CREATE TABLE shadow.finish (
    transaction bigint PRIMARY KEY DEFAULT pg_current_xact_id()::text::bigint
);

-- What happened to a column, without a change of a row: added (computed: with a value for each row), renamed, retyped, or widened
-- (its values are the same); for column 0, rows came or went, or others identify them (rows: some may be there; empty: none is).
-- name: the column's, from then on. value: of an added one, in rows that were there.
CREATE TABLE shadow.touch (
    number      bigint NOT NULL DEFAULT nextval('shadow.number'),
    transaction bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    relation    oid NOT NULL,
    attribute   integer NOT NULL,
    what        text NOT NULL,
    name        text,
    value       text
);

-- Tables as they were after the last statement that changed one.
CREATE TABLE shadow.shape (relation oid, attribute integer, name text, type text, PRIMARY KEY (relation, attribute));
CREATE TABLE shadow.state (relation oid PRIMARY KEY, published boolean, key text);
-- The names that tables have had.
CREATE TABLE shadow.name (relation oid, name text, PRIMARY KEY (relation, name));
CREATE TABLE shadow.leaf (relation oid, leaf oid, PRIMARY KEY (relation, leaf));

CREATE FUNCTION shadow.published(relation oid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
                    WHERE r.prrelid = $1 AND p.pubname = 'bemi')
$$;

CREATE FUNCTION shadow.record() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    root      oid := coalesce(pg_partition_root(TG_RELID), TG_RELID);
    generated text[] := ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = TG_RELID AND attgenerated <> '');
BEGIN
    IF TG_OP = 'TRUNCATE' AND root <> TG_RELID THEN
        RETURN NULL;
    END IF;
    INSERT INTO shadow.change (relation, name, operation, old, new, columns, published, partition)
    -- The name that it has now, whatever the transaction's snapshot sees.
    VALUES (root, array_to_string(parse_ident(root::regclass::text), '.'),
            CASE TG_OP WHEN 'INSERT' THEN 'CREATE' ELSE TG_OP END,
            CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN to_jsonb(OLD) - generated END,
            CASE WHEN TG_OP IN ('INSERT', 'UPDATE') THEN to_jsonb(NEW) - generated END,
            (SELECT jsonb_object_agg(attname, attnum) FROM pg_attribute
              WHERE attrelid = root AND attnum > 0 AND NOT attisdropped AND attgenerated = ''),
            shadow.published(root), root <> TG_RELID);
    RETURN NULL;
END
$$;

-- Notes that rows of a table came or went.
CREATE FUNCTION shadow.severed(relation regclass) RETURNS void LANGUAGE sql AS $$
    INSERT INTO shadow.touch (relation, attribute, what) VALUES (coalesce(pg_partition_root($1), $1), 0, 'rows')
$$;

-- Watches new tables, and notes what has happened to those that were there. Called after each statement that may change one.
CREATE FUNCTION shadow.sync() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    relation oid;
    leaf     oid;
    added    record;
BEGIN
    -- Before the triggers of foreign keys, which sort by name too.
    FOR relation IN
        SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname IN ('public', 'Other Schëma') AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND c.relname <> 'barrier'
           AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'A_row') ORDER BY c.relispartition, c.oid
    LOOP
        IF EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = relation AND t.tgname = 'A_row') THEN
            CONTINUE;
        END IF;
        EXECUTE format('CREATE TRIGGER "A_row" AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION shadow.record()', relation::regclass);
        -- A partition that was detached has kept this one.
        EXECUTE format('CREATE OR REPLACE TRIGGER "A_table" AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION shadow.record()', relation::regclass);
    END LOOP;
    INSERT INTO shadow.touch (relation, attribute, name, what)
    SELECT a.attrelid, a.attnum, a.attname, CASE WHEN s.relation IS NULL THEN CASE WHEN NOT a.atthasdef OR EXISTS (SELECT FROM (SELECT a.attrelid UNION SELECT p.relid FROM pg_partition_tree(a.attrelid) p) l (relid) JOIN pg_attribute m ON m.attrelid = l.relid
                                               WHERE m.attname = a.attname AND m.atthasmissing)
                THEN 'added' ELSE 'computed' END WHEN s.type = format_type(a.atttypid, a.atttypmod) THEN 'renamed'
                WHEN s.type LIKE 'character varying%' AND format_type(a.atttypid, a.atttypmod) IN ('character varying(40)', 'text')
                     OR s.type = 'numeric(12,3)' AND format_type(a.atttypid, a.atttypmod) = 'numeric' THEN 'widened' ELSE 'retyped' END
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN shadow.shape s ON s.relation = a.attrelid AND s.attribute = a.attnum
     WHERE n.nspname IN ('public', 'Other Schëma') AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
       AND (s.name, s.type) IS DISTINCT FROM (a.attname::text, format_type(a.atttypid, a.atttypmod));
    FOR added IN
        SELECT t.number, pg_get_expr(d.adbin, d.adrelid) AS expression, format_type(a.atttypid, a.atttypmod) AS type
          FROM shadow.touch t JOIN pg_attribute a ON a.attrelid = t.relation AND a.attnum = t.attribute
          LEFT JOIN pg_attrdef d ON d.adrelid = t.relation AND d.adnum = t.attribute
         WHERE t.what = 'added' AND t.value IS NULL AND a.attgenerated = '' AND a.attidentity = ''
    LOOP
        EXECUTE format('UPDATE shadow.touch SET value = coalesce(to_jsonb(CAST(%s AS %s)), ''null'')::text WHERE number = %s',
                       coalesce(added.expression, 'NULL'), added.type, added.number);
    END LOOP;
    INSERT INTO shadow.shape
    SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod)
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname IN ('public', 'Other Schëma') AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
        ON CONFLICT ON CONSTRAINT shape_pkey DO UPDATE SET name = excluded.name, type = excluded.type
     WHERE (shape.name, shape.type) IS DISTINCT FROM (excluded.name, excluded.type);
    -- A partition that stands alone now, or is gone, and one that brought rows.
    INSERT INTO shadow.touch (relation, attribute, what)
    SELECT unnest(ARRAY[l.relation, l.leaf]), 0, 'rows' FROM shadow.leaf l
     WHERE NOT EXISTS (SELECT FROM pg_partition_tree(l.relation) p WHERE p.relid = l.leaf);
    FOR relation, leaf IN
        SELECT c.oid, p.relid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_partition_tree(c.oid) p
         WHERE n.nspname IN ('public', 'Other Schëma') AND c.relkind = 'p' AND NOT c.relispartition AND p.isleaf
           AND NOT EXISTS (SELECT FROM shadow.leaf l WHERE l.leaf = p.relid)
    LOOP
        EXECUTE format('INSERT INTO shadow.touch (relation, attribute, what) SELECT %s, 0, ''rows'' WHERE pg_relation_size(%s) > 0', relation, leaf);
    END LOOP;
    DELETE FROM shadow.leaf l WHERE NOT EXISTS (SELECT FROM pg_partition_tree(l.relation) p WHERE p.relid = l.leaf);
    INSERT INTO shadow.leaf
    SELECT c.oid, p.relid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_partition_tree(c.oid) p
     WHERE n.nspname IN ('public', 'Other Schëma') AND c.relkind = 'p' AND NOT c.relispartition AND p.isleaf
        ON CONFLICT DO NOTHING;
    INSERT INTO shadow.name
    SELECT c.oid, n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'p'
        ON CONFLICT DO NOTHING;
    -- A table that joins the publication, or whose records are identified by other columns.
    FOR relation IN
        SELECT c.relation FROM shadow.current c LEFT JOIN shadow.state s ON s.relation = c.relation
         WHERE (s.published, s.key) IS DISTINCT FROM (c.published, c.key) AND (s.published IS DISTINCT FROM c.published OR s.key <> c.key)
    LOOP
        EXECUTE format('INSERT INTO shadow.touch (relation, attribute, what) SELECT %s, 0, CASE WHEN EXISTS (SELECT FROM %s %s) THEN ''rows'' ELSE ''empty'' END',
                       relation, CASE WHEN EXISTS (SELECT FROM pg_class c WHERE c.oid = relation AND c.relkind = 'r') THEN 'ONLY' END, relation::regclass);
    END LOOP;
    DELETE FROM shadow.state;
    INSERT INTO shadow.state SELECT c.relation, c.published, c.key FROM shadow.current c;
END
$$;

-- Tables as they are: whether they are published, and what identifies their records.
CREATE VIEW shadow.current AS
SELECT c.oid AS relation, shadow.published(c.oid) AS published,
       coalesce((SELECT string_agg(a::text, ',' ORDER BY a) FROM pg_index i, unnest(i.indkey::int2[]) a
                  WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END), '') AS key
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname IN ('public', 'Other Schëma') AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p';

-- A column whose values are others now, though its type is not. Its name is quoted.
CREATE FUNCTION shadow.retyped(relation regclass, attribute text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO shadow.touch (relation, attribute, name, what)
    WITH RECURSIVE affected (oid) AS (
        SELECT $1::oid UNION SELECT i.inhrelid FROM pg_inherits i JOIN affected ON i.inhparent = affected.oid)
    SELECT a.attrelid, a.attnum, a.attname, 'retyped' FROM affected JOIN pg_attribute a ON a.attrelid = affected.oid
     WHERE format('%I', a.attname) = $2
$$;

CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE TYPE pair AS (n integer, t text);
CREATE SCHEMA "Other Schëma";
CREATE TABLE public.audit (id integer PRIMARY KEY, n integer);

-- Writes at COMMIT.
CREATE FUNCTION shadow.audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.audit VALUES (pg_trigger_depth() + hashtext(TG_TABLE_NAME) % 3, 1)
        ON CONFLICT (id) DO UPDATE SET n = audit.n + 1;
    RETURN NULL;
END
$$;
