DO $$
DECLARE rule record;
BEGIN
    FOR rule IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = current_schema() AND policyname LIKE 'wall\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', rule.policyname, rule.tablename);
    END LOOP;
    FOR rule IN SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity LOOP
        EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', rule.name);
    END LOOP;
    FOR rule IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
        AND (p.proname LIKE 'wall\_%' OR p.proname IN ('raise_wall', 'standing_wall')) LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', rule.name);
    END LOOP;
END
$$;
DROP INDEX invitations_by_decider;
DROP INDEX api_clients_by_maker;
DROP INDEX partner_records_of_guest;
ALTER FUNCTION note_new_words() SECURITY INVOKER RESET search_path;
ALTER FUNCTION note_changed_words() SECURITY INVOKER RESET search_path;
ALTER TABLE installation DROP COLUMN partner_role;
