-- Takes the tables of V001__staging.sql and V002__marker.sql out again. What has arrived and is not stored is lost.
-- Run with search_path = the schema of the store.
DROP TABLE IF EXISTS kafka_marker, kafka_rejected, kafka_end, kafka_event, kafka_relation, kafka_partition, kafka_feed;
DELETE FROM meta WHERE component = 'kafka';
