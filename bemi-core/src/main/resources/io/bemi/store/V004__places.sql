-- Where in the history a time is, and where a table's changes are, so that questions about either begin to read there.

-- By how many microseconds a transaction's time was at most earlier than that of one before it: clocks are set back, and
-- transactions that commit together need not have their times in the order of their positions. Null when that is not known.
ALTER TABLE source ADD COLUMN setback bigint;
UPDATE source s
   SET setback = (SELECT coalesce(max(extract(epoch FROM x.latest - x.committed_at) * 1000000), 0)::bigint
                    FROM (SELECT c.committed_at, max(c.committed_at) OVER (ORDER BY c.position) AS latest
                            FROM context c WHERE c.source = s.id) x);

CREATE INDEX change_table ON change (relation, position, ordinal) WHERE operation <> 'B';
