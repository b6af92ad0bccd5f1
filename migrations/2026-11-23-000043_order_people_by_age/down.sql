DROP INDEX CONCURRENTLY IF EXISTS users_of_tenant_by_created;
