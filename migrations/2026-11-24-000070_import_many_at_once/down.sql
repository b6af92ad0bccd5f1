ALTER FUNCTION note_new_words() RESET enable_seqscan RESET enable_hashjoin RESET enable_mergejoin;
ALTER INDEX organisations_search SET (gin_pending_list_limit = 256);
