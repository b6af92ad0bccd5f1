//! Mail: the server lets us in, and the sender's domain is set up so that mail arrives (SPF, RFC 7208; DKIM, RFC 6376;
//! DMARC, RFC 7489).

use super::{Dns, Records, Report};
use crate::config::Config;
use crate::mail::Smtp;

const PART: &str = "Mail";
/// Names that mail services give to their DKIM keys. A domain may use any other, so that a miss proves nothing.
const SELECTORS: [&str; 10] =
    ["default", "mail", "dkim", "google", "selector1", "selector2", "s1", "s2", "k1", "guildhall"];

/// Names that nobody can register (RFC 2606, RFC 6761), so that nobody is asked about them.
const RESERVED: [&str; 6] = [".localhost", ".localdomain", ".local", ".invalid", ".test", ".example"];

pub(super) async fn examine(config: &Config, dns: &Dns, report: &mut Report) {
    let Some(url) = config.smtp.clone() else {
        let remedy = "set SMTP_URL; until then invitations wait in the outbox";
        return report.warn(PART, "no mail server is configured", remedy);
    };
    match Smtp::new(url, config.base_url.host()) {
        Ok(server) => match server.examine().await {
            Ok(()) => report.fine(PART, "the mail server lets us in"),
            Err(words) => report.fault(PART, words, "check SMTP_URL: host, port, user, password, encryption"),
        },
        Err(words) => report.fault(PART, words, "install the system's certificates (ca-certificates)"),
    }
    domain(config.mail_from.address.domain(), dns, report).await;
}

/// Whether others can tell that mail of this domain is honest.
pub(super) async fn domain(domain: &str, dns: &Dns, report: &mut Report) {
    if !domain.contains('.') || RESERVED.iter().any(|end| domain.ends_with(end)) {
        let remedy = "set MAIL_FROM to an address of a domain of yours";
        return report.warn(PART, format!("{domain} is no domain that others know"), remedy);
    }
    spf(domain, dns, report).await;
    dmarc(domain, dns, report).await;
    dkim(domain, dns, report).await;
}

async fn spf(domain: &str, dns: &Dns, report: &mut Report) {
    let Records::Are(texts) = dns.text(domain).await else {
        return report.warn(
            "SPF",
            format!("the name servers say nothing about {domain}"),
            "ask again when they answer",
        );
    };
    let found: Vec<&String> = texts.iter().filter(|text| is(text, "v=spf1")).collect();
    match found.as_slice() {
        [] => report.fault(
            "SPF",
            format!("{domain} has no record"),
            "add a TXT record that allows your mail server: v=spf1 include:… -all",
        ),
        [one] if one.contains("+all") => {
            report.fault("SPF", format!("{domain} lets anybody send: {one}"), "end the record with -all");
        }
        [one] => report.fine("SPF", format!("{domain}: {one}")),
        _ => {
            report.fault("SPF", format!("{domain} has {} records, so none counts", found.len()), "merge them into one");
        }
    }
}

async fn dmarc(domain: &str, dns: &Dns, report: &mut Report) {
    // The record of the domain itself, or of those above it; the public suffix alone is not asked for.
    let mut name = domain;
    loop {
        let Records::Are(texts) = dns.text(&format!("_dmarc.{name}")).await else {
            return report.warn("DMARC", "the name servers say nothing", "ask again when they answer");
        };
        if let Some(text) = texts.iter().find(|text| is(text, "v=DMARC1")) {
            return report.fine("DMARC", format!("{name}: {text}"));
        }
        match name.split_once('.') {
            Some((_, above)) if above.contains('.') => name = above,
            _ => break,
        }
    }
    report.fault("DMARC", format!("{domain} has no record"), "add a TXT record at _dmarc: v=DMARC1; p=quarantine");
}

async fn dkim(domain: &str, dns: &Dns, report: &mut Report) {
    for selector in SELECTORS {
        if let Records::Are(texts) = dns.text(&format!("{selector}._domainkey.{domain}")).await
            && texts.iter().any(|text| is(text, "v=DKIM1") || text.contains("p="))
        {
            return report.fine("DKIM", format!("{domain} has a key named {selector}"));
        }
    }
    let words = format!("no key of {domain} under the usual names");
    report.warn(
        "DKIM",
        words,
        "a key may have another name: send yourself an invitation and look for dkim=pass in its source",
    );
}

/// Whether a record begins with its version, in any case.
fn is(text: &str, version: &str) -> bool {
    text.get(..version.len()).is_some_and(|start| start.eq_ignore_ascii_case(version))
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn judged(records: &[(&str, &str)]) -> Vec<(&'static str, Verdict)> {
        let dns = Dns::Fixed(records.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect());
        let mut report = Report::default();
        futures_util::FutureExt::now_or_never(domain("portal.acme.com", &dns, &mut report)).unwrap();
        report.findings.into_iter().map(|finding| (finding.part, finding.verdict)).collect()
    }

    #[test]
    fn a_domain_that_is_set_up_is_fine() {
        let found = judged(&[
            ("portal.acme.com", "V=spf1 include:mail.example -all"),
            ("_dmarc.acme.com", "v=DMARC1; p=reject"),
            ("s1._domainkey.portal.acme.com", "v=DKIM1; p=abc"),
        ]);
        assert_eq!(found, [("SPF", Verdict::Fine), ("DMARC", Verdict::Fine), ("DKIM", Verdict::Fine)]);
    }

    #[test]
    fn a_domain_that_is_not_is_told_what_to_add() {
        let found = judged(&[("portal.acme.com", "google-site-verification=1")]);
        assert_eq!(found, [("SPF", Verdict::Fault), ("DMARC", Verdict::Fault), ("DKIM", Verdict::Warning)]);
    }

    #[test]
    fn two_spf_records_or_one_for_everybody_are_faults() {
        let two = [("portal.acme.com", "v=spf1 -all"), ("portal.acme.com", "v=spf1 mx -all")];
        assert_eq!(judged(&two)[0], ("SPF", Verdict::Fault));
        assert_eq!(judged(&[("portal.acme.com", "v=spf1 +all")])[0], ("SPF", Verdict::Fault));
    }
}
