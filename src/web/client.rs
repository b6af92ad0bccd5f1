//! Whose address a request comes from: the peer's, or behind proxies that the configuration trusts what those say of it.
//! For counting alone; it is neither logged nor stored, and nothing is permitted by it.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

use super::portal::Shared;

/// What proxies add the address to from which they were asked, the newest last.
const FORWARDED: &str = "x-forwarded-for";
/// Proxies behind one another, far beyond what there are.
const MOST: usize = 20;

/// Networks whose word about addresses is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Addresses and networks, separated by commas. None when one is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let one = |word: &str| word.parse().ok().or_else(|| word.parse::<IpAddr>().ok().map(IpNet::from));
        text.split(',').map(|word| one(word.trim())).collect::<Option<_>>().map(Self)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The nearest address that is no trusted proxy's: what stands before it in the header, anybody can have written.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines = headers.get_all(FORWARDED).map(|line| line.to_str().unwrap_or_default());
        let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
        for hop in hops.iter().rev().take(MOST) {
            if !self.trusts(client) {
                break;
            }
            let Some(before) = hop_address(hop.trim()) else { break };
            client = before.to_canonical();
        }
        client
    }
}

/// An address as proxies write it: alone, or with a port.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let alone = || hop.trim_start_matches('[').trim_end_matches(']').parse().ok();
    hop.parse::<std::net::SocketAddr>().map(|socket| socket.ip()).ok().or_else(alone)
}

/// What stands for a client where requests are counted: its address, or its network where one household has as many
/// addresses as it likes (IPv6, RFC 6177).
pub fn counted(request: &HttpRequest) -> String {
    let Some(peer) = request.peer_addr() else { return String::new() };
    let trusted = request.app_data::<Shared>().map(|portal| &portal.trusted_proxies);
    let client = trusted.map_or(peer.ip(), |trusted| trusted.client(peer.ip(), request.headers()));
    match client.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) if address == Ipv6Addr::LOCALHOST => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn client(trusted: &str, peer: &str, forwarded: &[&str]) -> String {
        let mut request = TestRequest::default();
        for line in forwarded {
            request = request.append_header((FORWARDED, *line));
        }
        let trusted = TrustedProxies::parse(trusted).expect("networks");
        trusted.client(peer.parse().expect("an address"), request.to_http_request().headers()).to_string()
    }

    #[test]
    fn only_a_trusted_proxys_word_is_taken_and_only_for_the_hop_before_it() {
        let behind = |forwarded: &[&str]| client("127.0.0.1, 10.0.0.0/8", "127.0.0.1", forwarded);
        assert_eq!(behind(&[]), "127.0.0.1");
        assert_eq!(behind(&["203.0.113.7"]), "203.0.113.7");
        assert_eq!(behind(&["198.51.100.1, 203.0.113.7"]), "203.0.113.7", "whoever asked the proxy wrote the first");
        assert_eq!(behind(&["198.51.100.1, 203.0.113.7, 10.1.2.3"]), "203.0.113.7", "two proxies");
        assert_eq!(behind(&["198.51.100.1", "203.0.113.7"]), "203.0.113.7", "two lines are one");
        assert_eq!(behind(&["203.0.113.7:4711"]), "203.0.113.7");
        assert_eq!(behind(&["[2001:db8::7]:4711"]), "2001:db8::7");
        assert_eq!(behind(&["::ffff:203.0.113.7"]), "203.0.113.7");
        assert_eq!(behind(&["unknown"]), "127.0.0.1");
        assert_eq!(behind(&["203.0.113.7, _hidden"]), "127.0.0.1");
        assert_eq!(client("10.0.0.0/8", "203.0.113.9", &["198.51.100.1"]), "203.0.113.9", "a stranger's word");
        assert_eq!(client("10.0.0.0/8", "::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let counted = |peer: &str| {
            let peer = std::net::SocketAddr::new(peer.parse().expect("an address"), 1);
            counted(&TestRequest::default().peer_addr(peer).to_http_request())
        };
        assert_eq!(counted("2001:db8:1:2:3::4"), "2001:db8:1:2::/64");
        assert_eq!((counted("192.0.2.1"), counted("::ffff:192.0.2.1")), ("192.0.2.1".into(), "192.0.2.1".into()));
        assert_eq!(counted("::1"), "::1");
    }

    #[test]
    fn a_list_is_of_addresses_and_networks() {
        assert!(TrustedProxies::parse("127.0.0.1, ::1, 10.0.0.0/8, fd00::/8").is_some());
        for wrong in ["", "nginx", "10.0.0.0/40", "127.0.0.1,", "127.0.0.1:80"] {
            assert_eq!(TrustedProxies::parse(wrong), None, "{wrong}");
        }
    }
}
