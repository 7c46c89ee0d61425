-- The rows that were there before changes of them were recorded, and how far they are copied.

-- One row per table and time that its rows had to be copied. Changes are recorded since that position, from that ordinal on;
-- committed_at and transaction_id are of the transaction there.
-- after: the place of the last row that was copied: name and type of each column of the key, then their values; null before the
-- first, and for a table without key. A key of other columns has another order: then it begins anew.
-- position: where the copy of a table without key stands in the history, if not at since: what is before it is void.
-- reason: why the rows were not copied, or not all of them.
CREATE TABLE baseline (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source         integer     NOT NULL REFERENCES source,
    oid            bigint      NOT NULL,
    schema         text        NOT NULL,
    name           text        NOT NULL,
    since          pg_lsn      NOT NULL,
    ordinal        bigint      NOT NULL,
    committed_at   timestamptz NOT NULL,
    transaction_id bigint      NOT NULL,
    after          text[],
    rows           bigint      NOT NULL DEFAULT 0,
    position       pg_lsn,
    completed_at   timestamptz,
    reason         text
);
CREATE INDEX baseline_table ON baseline (source, oid, id);
CREATE INDEX baseline_pending ON baseline (source, id) WHERE completed_at IS NULL;
