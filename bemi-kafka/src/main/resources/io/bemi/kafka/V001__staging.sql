-- What has arrived by Kafka, until it is stored in the history.
-- Run with search_path = the schema of the store.

-- One row per topic prefix, which is one connector.
CREATE TABLE kafka_feed (
    id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    prefix text    NOT NULL UNIQUE
);

-- Up to where each partition has been read: written in one transaction with what was read, and the fence between consumers.
CREATE TABLE kafka_partition (
    feed        integer NOT NULL REFERENCES kafka_feed,
    topic       text    NOT NULL,
    partition   integer NOT NULL,
    next_offset bigint  NOT NULL,
    PRIMARY KEY (feed, topic, partition)
);

-- Tables as the connector described them: a new row whenever the description changes.
CREATE TABLE kafka_relation (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    feed        integer NOT NULL REFERENCES kafka_feed,
    digest      bytea   NOT NULL,
    schema      text    NOT NULL,
    name        text    NOT NULL,
    key         text    NOT NULL,
    description text    NOT NULL,
    UNIQUE (feed, digest)
);

-- Changes and messages. total_order is the place in the transaction as the connector counts. After a restart within the transaction it
-- may count messages again, so that a place may be taken twice; sent_at, in milliseconds since 1970, tells the runs of the connector apart.
-- kind: c(reate), u(pdate), d(elete), t(runcate), m(essage); an update of a key comes in two halves, k (before) and n (after).
-- before and after: the row as it arrived; of a message prefix and content; content is a hash of them. committed_at: microseconds since 1970.
CREATE TABLE kafka_event (
    feed         integer NOT NULL,
    xid          bigint  NOT NULL,
    total_order  bigint  NOT NULL,
    lsn          pg_lsn  NOT NULL,
    sent_at      bigint  NOT NULL,
    committed_at bigint  NOT NULL,
    kind         "char"  NOT NULL,
    content      integer NOT NULL,
    relation     integer,
    before       text,
    after        text,
    PRIMARY KEY (feed, xid, total_order, sent_at, lsn, kind)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100000);

-- Transactions that have ended: where their commit record ends, and how many events they have, as the last end says that has come;
-- how many of them are changes, and when it was sent. stored: its events are taken out, be there something of it in the history or not.
CREATE TABLE kafka_end (
    feed      integer     NOT NULL,
    position  pg_lsn      NOT NULL,
    xid       bigint      NOT NULL,
    events    bigint      NOT NULL,
    changes   bigint      NOT NULL,
    sent_at   bigint      NOT NULL,
    stored    boolean     NOT NULL DEFAULT false,
    staged_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (feed, position)
);

-- Records that are no events of the connector, with what arrived.
CREATE TABLE kafka_rejected (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    feed        integer     NOT NULL,
    topic       text        NOT NULL,
    partition   integer     NOT NULL,
    record      bigint      NOT NULL,
    content     bytea,
    error       text        NOT NULL,
    rejected_at timestamptz NOT NULL DEFAULT now()
);
