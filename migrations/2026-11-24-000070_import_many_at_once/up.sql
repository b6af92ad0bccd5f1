-- A file of partners comes in several times as fast. Changes no row.

-- How much a search index may leave unsorted is each connection's own setting from here on: 256 kB for requests, more for
-- whoever imports. PostgreSQL's own 4 MB hold for the version before, whose searches then take a little longer.
ALTER INDEX organisations_search RESET (gin_pending_list_limit);

-- New names are looked up word by word. Left to itself PostgreSQL reads all words that there are, for each thousand rows.
ALTER FUNCTION note_new_words() SET enable_seqscan TO off SET enable_hashjoin TO off SET enable_mergejoin TO off;

-- Calls of the API make imports too, which write a large file in several transactions.
COMMENT ON TABLE organisation_imports IS 'Files of partners that somebody brought in by the page or the API.';
COMMENT ON COLUMN organisations.import_id IS 'The import that created it, if a page''s or a call''s did.';
