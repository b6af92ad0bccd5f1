//! Sign-out begun by the relying party (`OpenID` Connect RP-Initiated Logout 1.0). The provider keeps no session, so
//! there is nothing to end and nobody to ask: it only decides where the browser goes next.

use actix_web::{HttpRequest, HttpResponse, web};
use url::Url;

use super::parameters::Parameters;
use super::{IdentityProvider, pages, tokens};

/// `GET /logout`.
pub(super) async fn by_query(provider: web::Data<IdentityProvider>, request: HttpRequest) -> HttpResponse {
    answer(&provider, &Parameters::parse(request.query_string().as_bytes()))
}

/// `POST /logout`.
pub(super) async fn by_form(provider: web::Data<IdentityProvider>, body: web::Bytes) -> HttpResponse {
    answer(&provider, &Parameters::parse(&body))
}

fn answer(provider: &IdentityProvider, parameters: &Parameters) -> HttpResponse {
    match next_address(provider, parameters) {
        Ok(Some(address)) => pages::see_other(&address),
        Ok(None) => pages::signed_out(provider),
        Err(explanation) => pages::refused(provider, explanation),
    }
}

/// Where to send the browser, `None` when nobody said; an address that the client did not register is refused.
fn next_address(provider: &IdentityProvider, parameters: &Parameters) -> Result<Option<String>, &'static str> {
    let get = |name| parameters.get(name).map_err(|_| "A value in the request cannot be used.");
    let hinted = match get("id_token_hint")? {
        Some(token) => Some(
            tokens::audience_of(&provider.inner.keys, token)
                .ok_or("The request's id_token_hint was not signed here.")?,
        ),
        None => None,
    };
    let named = get("client_id")?;
    if let (Some(hinted), Some(named)) = (&hinted, named)
        && hinted != named
    {
        return Err("The request's client_id and id_token_hint name different applications.");
    }
    let Some(address) = get("post_logout_redirect_uri")? else { return Ok(None) };
    let asking = hinted.as_deref().or(named);
    let registered = provider
        .inner
        .clients
        .iter()
        .filter(|client| asking.is_none_or(|id| client.id == id))
        .any(|client| client.post_logout_redirect_uris.iter().any(|known| known == address));
    if !registered {
        return Err("The address to go to after sign-out is not registered.");
    }
    let Some(state) = get("state")? else { return Ok(Some(address.to_owned())) };
    let mut location = Url::parse(address).map_err(|_| "The registered address is not a URL.")?;
    location.query_pairs_mut().append_pair("state", state);
    Ok(Some(location.into()))
}
