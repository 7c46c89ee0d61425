--liquibase formatted sql

--changeset it:1
CREATE TABLE note (id int PRIMARY KEY);
INSERT INTO note VALUES (0);
