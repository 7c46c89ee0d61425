-- Up to where the slot may have been confirmed: never further than this. A slot that is further was confirmed by somebody else, or
-- this store has been set back. Not kept up to date by what leaves nothing to store where the store is in the source.
ALTER TABLE source ADD COLUMN confirmed pg_lsn;
