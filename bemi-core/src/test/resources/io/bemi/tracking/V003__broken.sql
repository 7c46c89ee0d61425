CREATE TABLE third (id integer);
SELECT 1 / 0;
