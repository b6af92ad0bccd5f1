DROP TABLE audit_events, used_form_keys, kept_forms, signin_flows, sessions, identities, users, organisations, tenants;
DROP FUNCTION refuse_history_change, count_users, fold_text;
DROP EXTENSION pg_trgm;
