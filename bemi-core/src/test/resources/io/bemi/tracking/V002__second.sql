ALTER TABLE ${schema}.first ADD COLUMN second text;
