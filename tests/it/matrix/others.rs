//! What is gone, which nobody is shown, and what else the world has beside its things.

use super::policy::Route;
use crate::support::Answer;

/// The mark of people who were removed, of records that were deleted and of sessions that have ended.
const GONE: &str = "zqgoneqz";

/// What the world has beside its things, once everything carries its marks.
///
/// One address is in use in both tenants. Accounts at providers tell whose they are, and somebody of every organisation
/// proved a moment ago who they are. Forms wait: of a neighbour such as are newer than whatever is kept here, and one of
/// whose session ran out, which is newer than what they will send.
pub const MORE: &str = "
UPDATE sessions SET ended_at = '2026-11-20 11:59Z' WHERE user_id::text LIKE '%-8000-%0112';
UPDATE users SET name = 'Gone zqgoneqz ' || mark(organisation_id, '') WHERE removed_at IS NOT NULL;
UPDATE partner_records SET company_name = 'Gone zqgoneqz ' || mark(organisation_id, 'r') WHERE deleted_at IS NOT NULL;
UPDATE sessions SET device = 'zqgoneqz' WHERE ended_at IS NOT NULL;
UPDATE users SET email = 'taken@both.example', email_key = 'taken@both.example'
WHERE id::text LIKE '%-8a05-%16' OR id::text LIKE '%-8a05-%26';
UPDATE identities i SET issuer = 'https://' || mark(u.organisation_id, '') || '.example'
FROM users u WHERE u.id = i.user_id;
INSERT INTO signin_proofs (id, browser_hash, issuer, subject, verified, provider, created_at)
SELECT gen_random_uuid(), sha256(i.id::text::bytea), i.issuer, i.subject, true, 'dev', '2026-11-20 11:59Z' FROM identities i;
INSERT INTO kept_forms (id, user_id, path, body, created_at)
SELECT gen_random_uuid(), u.id, '/waits', '', '2026-11-20 12:02Z' FROM users u, generate_series(1, 4)
WHERE u.id::text LIKE '%-8000-%0106';
INSERT INTO kept_forms (id, user_id, path, body, created_at)
SELECT gen_random_uuid(), u.id, '/waits', '', '2026-11-20 12:01Z' FROM users u WHERE u.id::text LIKE '%-8000-%0111';
";

/// A digest of the forms that wait.
pub const WAITING: &str = "
CREATE FUNCTION matrix.waiting() RETURNS text LANGUAGE sql AS
    $$ SELECT 'kept_forms ' || md5(string_agg(r::text, ',' ORDER BY r::text)) FROM kept_forms r WHERE path = '/waits' $$;
";

/// Whether somebody is shown what is gone, and does not bring it back.
pub fn shown_though_gone(route: &Route, answer: &Answer) -> Option<String> {
    (!route.brings_back() && answer.body.contains(GONE)).then(|| format!("shows {GONE}, which is gone"))
}
