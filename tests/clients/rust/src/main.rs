//! The crate `oauth2` fetches tokens and ends them; another crate calls with them.

use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, ClientId, ClientSecret, IntrospectionUrl, RevocationUrl, Scope, TokenIntrospectionResponse as _,
    TokenResponse as _, TokenUrl,
};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn variable(name: &str) -> Outcome<String> {
    std::env::var(name).map_err(|_| format!("{name} is not set").into())
}

fn main() -> Outcome<()> {
    let (base, id, secret) = (variable("BASE_URL")?, variable("CLIENT_ID")?, variable("CLIENT_SECRET")?);
    let mut held = 0;
    let mut holds = |fits: bool, words: &str| {
        held += 1;
        if fits { Ok(()) } else { Err(format!("not so: {words}")) }
    };
    for by in [AuthType::BasicAuth, AuthType::RequestBody] {
        let client = |secret: &str| -> Outcome<_> {
            Ok(BasicClient::new(ClientId::new(id.clone()))
                .set_client_secret(ClientSecret::new(secret.to_owned()))
                .set_auth_type(by.clone())
                .set_token_uri(TokenUrl::new(format!("{base}/oauth2/token"))?)
                .set_introspection_url(IntrospectionUrl::new(format!("{base}/oauth2/introspect"))?)
                .set_revocation_url(RevocationUrl::new(format!("{base}/oauth2/revoke"))?))
        };
        let agent = ureq::AgentBuilder::new().redirects(0).build();
        let mine = client(&secret)?;
        let token = mine.exchange_client_credentials().add_scope(Scope::new("READ_USER".into())).request(&agent)?;
        holds(token.expires_in().is_some_and(|time| time.as_secs() == 3600), "a token is good for an hour")?;
        let bearer = format!("Bearer {}", token.access_token().secret());
        let call = || agent.get(&format!("{base}/api/v1/users?size=1")).set("Authorization", &bearer).call();
        holds(call().is_ok_and(|answer| answer.status() == 200), "the token opens the API")?;
        holds(mine.introspect(token.access_token()).request(&agent)?.active(), "introspection knows it")?;
        // To a portal without TLS the crate sends no revocation, rightly; a test on one machine has none.
        holds(mine.revoke_token(token.access_token().clone().into()).is_err(), "no token is sent in the clear")?;
        // With ureq the crate hands a 401 on as it came, and reads the body of a 400 only.
        let refused = client("wrong")?.exchange_client_credentials().request(&agent);
        let told = format!("{refused:?}");
        holds(refused.is_err() && told.contains("401"), &format!("a wrong secret is refused by 401: {told}"))?;
        let scope = Scope::new("READ_NOTHING".into());
        let unknown = mine.exchange_client_credentials().add_scope(scope).request(&agent);
        holds(matches!(&unknown, Err(error) if error.to_string().len() > 1), "an unknown scope is refused")?;
    }
    println!("{held} expectations of the crate oauth2 hold");
    Ok(())
}
