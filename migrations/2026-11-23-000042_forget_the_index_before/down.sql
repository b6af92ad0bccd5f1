CREATE INDEX CONCURRENTLY IF NOT EXISTS users_search ON users USING gin ((' ' || fold_text(lower(name)) || ' ' || email_key) gin_trgm_ops)
    WITH (gin_pending_list_limit = 256) WHERE removed_at IS NULL;
