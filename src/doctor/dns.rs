//! What the domain name system says about a domain, as text records. The only place that asks it.

use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{RData, RecordType};

const PATIENCE: Duration = Duration::from_secs(5);

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Records {
    /// These, perhaps none.
    Are(Vec<String>),
    /// Nobody answered.
    Silence,
}

/// Who is asked.
pub enum Dns {
    /// The name servers of this machine.
    System(Box<TokioResolver>),
    /// Fixed answers by name, for tests.
    Fixed(Vec<(String, String)>),
    /// Nobody: this machine names no name server.
    Nobody,
}

impl Dns {
    pub fn of_this_machine() -> Self {
        let resolver = TokioResolver::builder_tokio().and_then(hickory_resolver::ResolverBuilder::build);
        resolver.map_or(Self::Nobody, |resolver| Self::System(Box::new(resolver)))
    }

    /// The text records of a name.
    pub async fn text(&self, name: &str) -> Records {
        match self {
            Self::System(resolver) => asked(resolver, name).await,
            Self::Fixed(all) => {
                Records::Are(all.iter().filter(|(of, _)| of == name).map(|(_, text)| text.clone()).collect())
            }
            Self::Nobody => Records::Silence,
        }
    }
}

async fn asked(resolver: &TokioResolver, name: &str) -> Records {
    // The dot at the end keeps the machine's search domains out.
    match tokio::time::timeout(PATIENCE, resolver.lookup(format!("{name}."), RecordType::TXT)).await {
        Ok(Ok(found)) => Records::Are(found.answers().iter().filter_map(|record| text(&record.data)).collect()),
        Ok(Err(error)) if error.is_nx_domain() || error.is_no_records_found() => Records::Are(Vec::new()),
        Ok(Err(_)) | Err(_) => Records::Silence,
    }
}

fn text(data: &RData) -> Option<String> {
    match data {
        RData::TXT(text) => Some(text.to_string()),
        _ => None,
    }
}
