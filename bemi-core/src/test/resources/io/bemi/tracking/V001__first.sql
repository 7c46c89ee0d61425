CREATE TABLE ${schema}.first (id integer PRIMARY KEY, note text DEFAULT 'a;b {fn now()} ?');
CREATE FUNCTION ${schema}.answer() RETURNS integer LANGUAGE plpgsql AS $body$
BEGIN
  -- a ; inside a dollar quote
  RETURN 42;
END $body$;
INSERT INTO first (id) VALUES (${schema}.answer());
