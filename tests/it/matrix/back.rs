//! The way back to where the world began, and what tells whether anything is different: anywhere, or with others than
//! whoever acted.

/// A copy of every table, a digest of all, and the way back. Left out of the digest: when something was last used, what
/// is counted, and what somebody had typed whose session ran out.
pub const WAY_BACK: &str = "
CREATE SCHEMA matrix;
CREATE TABLE matrix.known AS
    SELECT t.table_name::text AS name,
        string_agg(quote_ident(c.column_name), ', ' ORDER BY c.ordinal_position) FILTER (WHERE c.is_generated = 'NEVER') AS stored,
        string_agg(quote_ident(c.column_name), ', ' ORDER BY c.ordinal_position)
            FILTER (WHERE c.column_name NOT IN ('last_seen_at', 'last_used_at')) AS compared
    FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name)
    WHERE t.table_schema = 'public' AND t.table_type = 'BASE TABLE' GROUP BY 1;
DO $$ DECLARE t text; BEGIN
    FOR t IN SELECT name FROM matrix.known LOOP EXECUTE format('CREATE TABLE matrix.%I AS TABLE public.%I', 'of_' || t, t); END LOOP;
END $$;
CREATE FUNCTION matrix.digest() RETURNS text LANGUAGE plpgsql AS $$
DECLARE t record; one text; whole text := ''; BEGIN
    FOR t IN SELECT * FROM matrix.known WHERE name NOT IN ('rate_limits', 'rate_limit_calls', 'kept_forms') ORDER BY name LOOP
        EXECUTE format('SELECT md5(string_agg(r::text, '','' ORDER BY r::text)) FROM (SELECT %s FROM public.%I) r', t.compared, t.name)
            INTO one;
        whole := whole || t.name || ' ' || coalesce(one, '') || E'\\n';
    END LOOP;
    RETURN whole;
END $$;
CREATE FUNCTION matrix.restore() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t record; BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR t IN SELECT * FROM matrix.known LOOP
        EXECUTE format('DELETE FROM public.%I', t.name);
        EXECUTE format('INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM matrix.%3$I', t.name, t.stored, 'of_' || t.name);
    END LOOP;
    PERFORM set_config('session_replication_role', 'origin', true);
END $$;
CREATE FUNCTION matrix.theirs(t text, c text, others uuid[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE one text; condition text; BEGIN
    SELECT string_agg(format(CASE
            WHEN column_name LIKE '%%organisation_id' THEN '%1$I = ANY($1)'
            WHEN column_name = 'user_id' THEN '%1$I IN (SELECT id FROM matrix.of_users WHERE organisation_id = ANY($1))'
            WHEN column_name = 'client_id' THEN '%1$I IN (SELECT id FROM matrix.of_api_clients WHERE organisation_id = ANY($1))'
            ELSE 'id = ANY($1)' END, column_name), ' OR ') INTO condition
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name = t
        AND (column_name LIKE '%organisation_id' OR column_name IN ('user_id', 'client_id') OR t = 'organisations' AND column_name = 'id');
    EXECUTE format('SELECT md5(string_agg(r::text, '','' ORDER BY r::text)) FROM (SELECT %s FROM public.%I WHERE %s) r', c, t, coalesce(condition, 'false'))
        INTO one USING others;
    RETURN one;
END $$;
CREATE FUNCTION matrix.foreign_digest(others uuid[]) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(line, E'\\n' ORDER BY line) FROM (SELECT name || ' ' || coalesce(matrix.theirs(name, compared, others), '') AS line
    FROM matrix.known WHERE name NOT IN ('rate_limits', 'rate_limit_calls', 'kept_forms', 'signin_proofs')
    UNION ALL
    SELECT 'signin_proofs ' || coalesce(md5(string_agg(p::text, ',' ORDER BY p::text)), '')
    FROM signin_proofs p JOIN matrix.of_identities i USING (issuer, subject) JOIN matrix.of_users u ON u.id = i.user_id
    WHERE u.organisation_id = ANY(others)) all_of_them
$$;
";
