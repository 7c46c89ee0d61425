-- The store: every change once, its context once per transaction, and what is needed to go on exactly where it stopped.
-- Run with search_path = the schema of the store.

-- One row per source and incarnation: a slot that had to be created anew starts a new one, because positions may repeat.
-- position is where the stored history ends (the commit of the last stored transaction), and the fence between instances.
CREATE TABLE source (
    id                integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name              text        NOT NULL,
    database          text        NOT NULL,
    system_identifier text        NOT NULL,
    timeline          integer     NOT NULL,
    position          pg_lsn,
    started_at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX source_name ON source (name, id);

-- Tables and their columns as the stream described them: a new row whenever the description changes.
-- columns: [{"name": "id", "type": 23, "modifier": -1, "key": true}, ...]
CREATE TABLE relation (
    id               bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source           integer NOT NULL REFERENCES source,
    oid              bigint  NOT NULL,
    schema           text    NOT NULL,
    name             text    NOT NULL,
    replica_identity text    NOT NULL,
    columns          jsonb   NOT NULL,
    since            pg_lsn  NOT NULL
);
CREATE INDEX relation_oid ON relation (source, oid, id);
CREATE INDEX relation_name ON relation (schema, name);

-- The contexts of each transaction, at least one (perhaps empty), numbered from 0. Partitioned by commit time, like change.
CREATE TABLE context (
    committed_at   timestamptz NOT NULL,
    source         integer     NOT NULL,
    position       pg_lsn      NOT NULL,
    number         integer     NOT NULL,
    transaction_id bigint      NOT NULL,
    metadata       jsonb       NOT NULL
) PARTITION BY RANGE (committed_at);
CREATE INDEX context_position ON context (position, number);
CREATE INDEX context_metadata ON context USING gin (metadata jsonb_path_ops);
CREATE INDEX context_transaction ON context USING brin (transaction_id) WITH (autosummarize = on);

-- One row per changed row; (source, position, ordinal) identifies it.
-- operation: C(reate), U(pdate), D(elete), T(runcate), B(aseline: a row as it was found, not a change).
-- image: the row after the change, for D the row before. replaced: the old values of the changed columns, null where
-- operation is not U. unknown: columns whose value after (absent from image) or before (absent from replaced, U only)
-- the change cannot be known. digest: reserved for tamper evidence. Keys are compared byte by byte, which takes less time
-- than any language's order.
CREATE TABLE change (
    committed_at   timestamptz NOT NULL,
    source         integer     NOT NULL,
    position       pg_lsn      NOT NULL,
    ordinal        bigint      NOT NULL,
    relation       bigint      NOT NULL,
    transaction_id bigint      NOT NULL,
    context        integer     NOT NULL,
    operation      "char"      NOT NULL,
    primary_key    text COLLATE "C",
    image          jsonb,
    replaced       jsonb,
    unknown        text[],
    digest         bytea
) PARTITION BY RANGE (committed_at);
CREATE INDEX change_record ON change (relation, primary_key, position, ordinal);
CREATE INDEX change_position ON change (position, ordinal);
CREATE INDEX change_committed_at ON change USING brin (committed_at) WITH (autosummarize = on);

-- Where the history is not complete, and why. A null position or time is unknown.
CREATE TABLE gap (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source        integer     NOT NULL REFERENCES source,
    from_position pg_lsn,
    to_position   pg_lsn,
    from_time     timestamptz,
    to_time       timestamptz,
    reason        text        NOT NULL,
    noticed_at    timestamptz NOT NULL DEFAULT now()
);

-- Rows that could not be stored as they are, with what arrived.
CREATE TABLE quarantine (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source       integer     NOT NULL REFERENCES source,
    committed_at timestamptz NOT NULL,
    position     pg_lsn      NOT NULL,
    ordinal      bigint      NOT NULL,
    relation     bigint,
    content      text        NOT NULL,
    error        text        NOT NULL,
    noticed_at   timestamptz NOT NULL DEFAULT now()
);

-- What people query. id sorts like the history of its source.
CREATE VIEW changes AS
SELECT lpad(c.source::text, 4, '0')
           || '-' || lpad(split_part(c.position::text, '/', 1), 8, '0') || lpad(split_part(c.position::text, '/', 2), 8, '0')
           || '-' || lpad(c.ordinal::text, 10, '0') AS id,
       c.primary_key,
       CASE WHEN c.operation IN ('D', 'T') THEN '{}'::jsonb ELSE c.image END AS "values",
       coalesce(x.metadata, '{}'::jsonb) AS metadata,
       s.database,
       r.schema,
       r.name AS "table",
       CASE c.operation WHEN 'C' THEN 'CREATE' WHEN 'U' THEN 'UPDATE' WHEN 'D' THEN 'DELETE' ELSE 'TRUNCATE' END AS operation,
       c.committed_at,
       CASE c.operation
           WHEN 'U' THEN (c.image || coalesce(c.replaced, '{}'::jsonb)) - coalesce(c.unknown, '{}'::text[])
           WHEN 'D' THEN c.image
           ELSE '{}'::jsonb
       END AS before,
       CASE WHEN c.operation = 'U'
           THEN ARRAY(SELECT k FROM jsonb_object_keys(coalesce(c.replaced, '{}'::jsonb)) k)
           ELSE '{}'::text[]
       END AS changed,
       coalesce(c.unknown, '{}'::text[]) AS unknown,
       c.transaction_id,
       c.position,
       c.ordinal,
       s.name AS source
  FROM change c
  JOIN relation r ON r.id = c.relation
  JOIN source s ON s.id = c.source
  LEFT JOIN context x ON x.committed_at = c.committed_at AND x.source = c.source
                     AND x.position = c.position AND x.number = c.context
 WHERE c.operation <> 'B';
