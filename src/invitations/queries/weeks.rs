//! What became of the invitations of the last weeks, week by week. One walk along the newest, bounded.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::super::model::STUCK_AFTER_DAYS;
use super::lists::{DELIVERY, Whose};

/// Weeks that are looked back.
pub const WEEKS: usize = 12;
const DAYS: i64 = 12 * 7;
/// Invitations that are looked at; of more, the newest.
pub const MOST: i64 = 50_000;

/// How many invitations were sent in seven days, by what they are now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Week {
    pub accepted: i64,
    pub waiting: i64,
    /// Wait too, and are worth a look.
    pub stuck: i64,
    /// Declined, revoked, replaced or expired.
    pub over: i64,
}

impl Week {
    pub const fn sent(self) -> i64 {
        self.accepted + self.waiting + self.stuck + self.over
    }
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Integer)]
    week: i32,
    #[diesel(sql_type = Text)]
    standing: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// The last weeks, the newest first: the seven days until now, the seven before, and so on.
pub fn weeks(conn: &mut PgConnection, tenant: Uuid, whose: Whose, now: DateTime<Utc>) -> QueryResult<[Week; WEEKS]> {
    let since = now - Duration::days(DAYS);
    let (column, of) = match whose {
        Whose::Tenant => ("tenant_id", tenant),
        Whose::SentBy(id) => ("organisation_id", id),
        Whose::ReceivedBy(id) => ("to_organisation_id", id),
    };
    // Ids begin with the moment, so the index by id is one by age.
    let first = Uuid::from_u128(u128::try_from(since.timestamp_millis()).unwrap_or_default() << 80);
    let text = format!(
        "SELECT week, standing, count(*) AS number FROM (
            SELECT floor(extract(epoch FROM $3 - created_at) / 604800)::int AS week,
                CASE WHEN state = 'accepted' THEN 'accepted' WHEN state <> 'pending' OR expires_at <= $3 THEN 'over'
                    WHEN last_sent_at <= $4 OR {DELIVERY} IN ('deferred', 'failed') THEN 'stuck' ELSE 'waiting' END AS standing
            FROM invitations WHERE tenant_id = $1 AND {column} = $2 AND id > $5 ORDER BY id DESC LIMIT {MOST}
        ) AS newest GROUP BY 1, 2"
    );
    let counted: Vec<Counted> = sql_query(text)
        .bind::<SqlUuid, _>(tenant)
        .bind::<SqlUuid, _>(of)
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<Timestamptz>, _>(Some(now - Duration::days(STUCK_AFTER_DAYS)))
        .bind::<SqlUuid, _>(first)
        .load(conn)?;
    let mut weeks = [Week::default(); WEEKS];
    for Counted { week, standing, number } in counted {
        let Some(week) = usize::try_from(week).ok().and_then(|week| weeks.get_mut(week)) else { continue };
        match standing.as_str() {
            "accepted" => week.accepted = number,
            "waiting" => week.waiting = number,
            "stuck" => week.stuck = number,
            _ => week.over = number,
        }
    }
    Ok(weeks)
}
