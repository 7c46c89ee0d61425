-- Messages that a consumer has written into the source's log, to see whether they arrive.
-- Run with search_path = the schema of the store.

-- The commit of xid lies behind after, and not behind until.
CREATE TABLE kafka_marker (
    feed        integer NOT NULL REFERENCES kafka_feed,
    xid         bigint  NOT NULL,
    after_lsn   pg_lsn  NOT NULL,
    until_lsn   pg_lsn  NOT NULL,
    PRIMARY KEY (feed, until_lsn)
);
