//! The groups of calls, each with the few sentences that a reader needs before its first call.

/// What a group is about, for the document and the page.
pub fn about(group: &str) -> &'static str {
    match group {
        "Tokens" => "An API client fetches tokens here, ends them and asks about them.",
        "Credential" => "Who a credential is and what it may do: the first call to try.",
        "Partner invitations" => {
            "Invitations to other companies, as their sender sees them. Fifty calls a minute for a credential."
        }
        "Partners" => {
            "An organisation’s own records of its customers and suppliers. Two headers say on whose behalf: the requester \
             is the credential’s own organisation, the target the one whose records are meant. Another target takes a \
             connection with its grant. Errors are a list, detail, with an entry for each fault."
        }
        "Partner organisations" => {
            "The programme’s partner organisations and their users, for credentials of the programme’s own organisation. \
             Lists go on with queryMore. Errors are one message."
        }
        "Network partners" => {
            "The same organisations in another system’s words. The header X-Servitly-Tenant names the programme. Fields \
             that are null count as not sent. Errors are one message."
        }
        "Collections" => {
            "Everything else, read alike: a page, one by its id, and find. A partner’s credential sees its own \
             organisation, the programme’s own sees all; partner records and connections are each organisation’s own, and \
             those of a partner lie below it. What is in the bin is restored among Change organisations; an \
             invitation received is accepted or declined by the invited person alone, signed in, never by a program."
        }
        "Programme" => {
            "The programme’s own settings: its name, whether partners need a Salesforce account, and where Shop and \
             Self-Service are. Its own credentials read them; changing them takes a credential that an owner made."
        }
        "Exports" => {
            "Whole collections in one answer, ordered by id, as NDJSON or CSV. One that broke off goes on with after."
        }
        _ => "",
    }
}
