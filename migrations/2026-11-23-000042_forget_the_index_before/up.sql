-- Its successor is there.
DROP INDEX CONCURRENTLY IF EXISTS users_search;
