//! Protocol parameters as RFC 6749 §3.1 wants them read: form-encoded, a repeated one refused, an empty one absent.

/// The longest value taken; `state` and `nonce` of real clients are far shorter.
const LONGEST_VALUE: usize = 4_096;

/// The parameters of one request, in the order they came.
pub(super) struct Parameters(Vec<(String, String)>);

/// Why a parameter cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unusable {
    #[error("it is given more than once")]
    Repeated,
    #[error("it is longer than 4096 bytes")]
    TooLong,
}

impl Parameters {
    pub(super) fn parse(encoded: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The value of `name`, `None` when it is absent or empty.
    pub(super) fn get(&self, name: &str) -> Result<Option<&str>, Unusable> {
        let mut values = self.values(name);
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(Unusable::Repeated);
        }
        if value.len() > LONGEST_VALUE {
            return Err(Unusable::TooLong);
        }
        Ok((!value.is_empty()).then_some(value))
    }

    /// Whether `name` was sent at all, empty or not: tells a submitted form from a request for the form.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    fn values<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_parameter_counts_as_absent_and_a_repeated_one_is_refused() {
        let parameters = Parameters::parse(b"state=&nonce=a%20b&scope=x&scope=y");
        assert_eq!(parameters.get("state"), Ok(None));
        assert!(parameters.has("state"));
        assert_eq!(parameters.get("nonce"), Ok(Some("a b")));
        assert_eq!(parameters.get("scope"), Err(Unusable::Repeated));
        assert_eq!(parameters.get("absent"), Ok(None));
    }
}
