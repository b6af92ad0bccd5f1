COMMENT ON TABLE organisation_imports IS 'Files of partners that somebody brought in by the page, one transaction each.';
COMMENT ON COLUMN organisations.import_id IS 'The import that created it, if a page''s import did.';
ALTER FUNCTION note_new_words() RESET enable_seqscan RESET enable_hashjoin RESET enable_mergejoin;
ALTER INDEX organisations_search SET (gin_pending_list_limit = 256);
