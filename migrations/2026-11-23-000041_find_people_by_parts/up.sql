-- Parts of addresses and names, as a `find` of the API asks for them: the columns themselves. The index before held an
-- expression of both, which PostgreSQL had to make anew for every row that it looked at again.
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_parts ON users USING gin (email_key gin_trgm_ops, lower(name) gin_trgm_ops)
    WITH (gin_pending_list_limit = 256) WHERE removed_at IS NULL;
