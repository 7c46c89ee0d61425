-- Verifies the chains of a store in schema bemi by SQL alone: psql -f verify.sql. A row for each thing that is not as it was stored (../tamper-evidence.md).
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = bemi, pg_catalog, pg_temp; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, MDY';
SET LOCAL IntervalStyle = 'postgres'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL statement_timeout = 0;
WITH covered(source, link, kind, salt, content) AS (
  SELECT source, link, 'CHANGE', salt, ROW('change', committed_at, source, position, ordinal, relation, transaction_id, context, operation,
         primary_key, previous_key, image, replaced, unknown)::text FROM change WHERE link IS NOT NULL
  UNION ALL SELECT source, link, 'CONTEXT', salt, ROW('context', committed_at, source, position, number, transaction_id, metadata)::text FROM context
  UNION ALL SELECT s.id, l.number, 'NOTE', '', ROW('source', s.id, concat_ws(' ', s.name, s.slot, s.part), s.database, s.system_identifier, s.started_at)::text FROM source s JOIN link l ON l.source = s.id AND l.kind = 'B'
  UNION ALL SELECT source, link, 'NOTE', '', ROW('relation', id, source, oid, schema, name, replica_identity, columns, since)::text FROM relation
  UNION ALL SELECT source, link, 'NOTE', '', ROW('gap', id, source, from_position, from_time, reason, noticed_at)::text FROM gap
  UNION ALL SELECT source, link, 'NOTE', salt, ROW('quarantine', id, source, committed_at, position, ordinal, relation, content, error, noticed_at)::text FROM quarantine
  UNION ALL SELECT source, link, 'NOTE', '', ROW('erasure', id, source, erased_at, erased_by, schema, name, columns, path, with_key, replaced, reason, changes, contexts, quarantined)::text FROM erasure
  UNION ALL SELECT source, link, 'NOTE', '', ROW('dropped_link', source, first, last, digest, dropped_at)::text FROM dropped_link
  UNION ALL SELECT source, by_link, 'NOTE', '', ROW('erased', committed_at, source, link, kind, digest, by_link)::text FROM erased
), found AS (
  SELECT source, link, kind, count(*) AS n, CASE WHEN count(*) = count(digest) THEN sha256(string_agg(digest, '' ORDER BY digest)) END AS digest
    FROM (SELECT source, link, kind, sha256(salt || convert_to(content, 'UTF8')) FROM covered WHERE link IS NOT NULL
          UNION ALL SELECT source, link, CASE kind WHEN 'X' THEN 'CONTEXT' WHEN 'Q' THEN 'NOTE' ELSE 'CHANGE' END, digest FROM erased) d(source, link, kind, digest) GROUP BY source, link, kind
), told AS (
  SELECT l.source, l.number AS link, v.* FROM link l CROSS JOIN LATERAL (VALUES ('CHANGE', changes, changes_digest), ('CONTEXT', contexts, contexts_digest), ('NOTE', notes, notes_digest)) v(kind, n, digest) WHERE n > 0
), step AS (      -- From link to link, or past those that went with their month.
  SELECT source, first, last, digest, header, lag(last, 1, 0::bigint) OVER w AS before, lag(digest, 1, ''::bytea) OVER w AS previous
    FROM (SELECT source, number, number, digest, sha256(convert_to(ROW('link', source, number, kind, committed_at, position, transaction_id,
                 written_at, changes, changes_digest, contexts, contexts_digest, notes, notes_digest)::text, 'UTF8')) FROM link
          UNION ALL SELECT source, first, last, digest, NULL FROM dropped_link) s(source, first, last, digest, header) WINDOW w AS (PARTITION BY source ORDER BY first, last)
), sealed AS (    -- From where to where links were made.
  SELECT source, position AS after, lead(position, 1, 'FFFFFFFF/FFFFFFFF') OVER (PARTITION BY source ORDER BY number) AS upto, kind,
         bool_or(kind = 'P') OVER (PARTITION BY source) AS paused FROM link WHERE kind IN ('B', 'P')
), wrong(source, link, rank, what, position, transaction_id) AS (
  SELECT source, CASE WHEN first > before THEN before + 1 ELSE first END, 1, CASE WHEN first > before THEN 'LINK_MISSING' ELSE 'LINK_ADDED' END,
         NULL::pg_lsn, NULL::bigint FROM step WHERE first <> before + 1
  UNION ALL SELECT source, first, 2, 'LINK_CHANGED', NULL, NULL FROM step WHERE first = before + 1 AND digest <> sha256(previous || header)
  UNION ALL SELECT s.id, CASE WHEN s.link > h.last THEN h.last + 1 ELSE h.last END, 3,
         CASE WHEN s.link > h.last THEN 'LINK_MISSING' WHEN s.link < h.last THEN 'LINK_ADDED' ELSE 'LINK_CHANGED' END, NULL, NULL
    FROM source s CROSS JOIN LATERAL (SELECT coalesce(max(last), 0) AS last, (array_agg(digest ORDER BY last DESC))[1] AS digest FROM step
          WHERE source = s.id) h WHERE (s.link, s.digest) IS DISTINCT FROM (h.last, h.digest) AND s.link IS NOT NULL
  UNION ALL SELECT source, link, CASE kind WHEN 'CHANGE' THEN 4 WHEN 'CONTEXT' THEN 5 ELSE 6 END,
         kind || CASE WHEN kind = 'NOTE' OR t.n = f.n THEN '_CHANGED' WHEN coalesce(f.n, 0) < coalesce(t.n, 0) THEN '_MISSING' ELSE '_ADDED' END, NULL, NULL
    FROM told t FULL JOIN found f USING (source, link, kind) WHERE (t.n, t.digest) IS DISTINCT FROM (f.n, f.digest)
  UNION ALL SELECT source, NULL, 7, what, position, transaction_id
    FROM (SELECT source, 'CHANGE_ADDED', position, transaction_id, operation = 'B' FROM change WHERE link IS NULL
          UNION ALL SELECT source, 'CONTEXT_ADDED', position, transaction_id, false FROM context WHERE link IS NULL) r(source, what, position, transaction_id, found)
   WHERE EXISTS (SELECT FROM sealed s WHERE s.kind = 'B' AND s.source = r.source AND r.position > s.after AND r.position <= s.upto AND NOT (r.found AND s.paused))
)
SELECT w.source, coalesce(w.link, 0) AS link, w.what, coalesce(w.position, p.position) AS position, coalesce(w.transaction_id, p.transaction_id, 0) AS transaction_id
  FROM wrong w LEFT JOIN LATERAL (
       SELECT position, transaction_id FROM link WHERE source = w.source AND number = w.link
       UNION ALL SELECT position, transaction_id FROM change WHERE source = w.source AND link = w.link
       UNION ALL SELECT position, transaction_id FROM context WHERE source = w.source AND link = w.link LIMIT 1) p ON true ORDER BY w.source, w.link NULLS LAST, w.rank, position;
COMMIT;
