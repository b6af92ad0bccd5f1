ALTER TABLE organisations DROP COLUMN import_id;
DROP TABLE organisation_imports;
