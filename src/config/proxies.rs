//! The proxies whose word is taken for who the client is and which host it asked.
//!
//! Start reading at [`TrustedProxies::trusts`].

use std::fmt;
use std::net::IpAddr;

use crate::config::kind::Form;
use crate::config::kind::Kind;
use crate::config::kind::whole;

/// Addresses and networks; none of them unless the administrator says so, because a client
/// could otherwise claim any address and host for itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    /// Takes addresses and networks such as `10.0.0.0/8, ::1` with commas between them.
    pub fn parse(text: &str) -> Option<Self> {
        let parts = text.split(',').map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .map(Network::parse)
            .collect::<Option<Vec<Network>>>()
            .map(Self)
    }

    /// True when `peer`, the other end of the connection, is one of them. An IPv4 address
    /// counts the same when a socket of both families reports it as `::ffff:10.0.0.1`.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.0.iter().any(|network| network.contains(peer))
    }
}

/// The list as one would write it.
impl fmt::Display for TrustedProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.0.iter().map(Network::to_string).collect();
        f.write_str(&texts.join(", "))
    }
}

/// A list of addresses and networks, which may be empty.
pub(super) const NETWORKS: Kind<TrustedProxies> = Kind {
    placeholder: "NETWORKS",
    expected: "a list of addresses and networks with commas between them, such as 10.0.0.0/8, ::1",
    form: Form::List,
    read: TrustedProxies::parse,
    show: TrustedProxies::to_string,
};

/// The addresses that share the first `prefix` bits with `address`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(whole(prefix)?)),
            None => (text, None),
        };
        let written: IpAddr = address.parse().ok()?;
        let address = written.to_canonical();
        let most = width(written);
        let prefix = prefix.map_or(Some(most), |prefix| u32::try_from(prefix).ok())?;
        // `::ffff:10.0.0.0/104` is 10.0.0.0/8; with fewer bits it would be no network of IPv4.
        let prefix = prefix.checked_sub(most - width(address))?;
        (prefix <= width(address)).then_some(Self { address, prefix })
    }

    /// `address` must be canonical.
    fn contains(&self, address: IpAddr) -> bool {
        // A prefix of 0 shifts by the whole width, which `checked_shr` answers with `None`.
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let different = own.to_bits() ^ other.to_bits();
                different.checked_shr(32 - self.prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let different = own.to_bits() ^ other.to_bits();
                different.checked_shr(128 - self.prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.address)?;
        if self.prefix < width(self.address) {
            write!(f, "/{}", self.prefix)?;
        }
        Ok(())
    }
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusts(list: &str, peer: &str) -> bool {
        let proxies = TrustedProxies::parse(list).unwrap();
        proxies.trusts(peer.parse().unwrap())
    }

    #[test]
    fn nobody_is_trusted_by_default() {
        assert!(!trusts("", "127.0.0.1"));
        assert!(!TrustedProxies::default().trusts(IpAddr::from([127, 0, 0, 1])));
    }

    #[test]
    fn an_address_trusts_itself_alone() {
        assert!(trusts("10.0.0.1", "10.0.0.1"));
        assert!(!trusts("10.0.0.1", "10.0.0.2"));
        assert!(trusts("10.0.0.1, ::1 ,", "::1"));
        assert!(!trusts("::1", "::2"));
    }

    #[test]
    fn a_network_trusts_all_that_share_its_prefix() {
        assert!(trusts("10.0.0.0/8", "10.255.0.1"));
        assert!(!trusts("10.0.0.0/8", "11.0.0.1"));
        assert!(trusts("10.1.2.3/8", "10.9.9.9"), "the rest is ignored");
        assert!(trusts("192.168.4.0/22", "192.168.7.255"));
        assert!(!trusts("192.168.4.0/22", "192.168.8.0"));
        assert!(trusts("2001:db8::/32", "2001:db8:1::5"));
        assert!(!trusts("2001:db8::/32", "2001:db9::"));
        assert!(trusts("0.0.0.0/0", "203.0.113.9"));
        assert!(trusts("::/0", "2001:db8::1"));
        assert!(!trusts("::/0", "203.0.113.9"), "families do not mix");
    }

    #[test]
    fn an_ipv4_address_inside_ipv6_is_an_ipv4_address() {
        assert!(trusts("10.0.0.0/8", "::ffff:10.0.0.1"));
        assert!(trusts("::ffff:10.0.0.0/104", "10.3.0.1"));
        assert!(trusts("::ffff:10.0.0.1", "10.0.0.1"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "localhost",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "10.0.0/8",
            "::/129",
            "::ffff:10.0.0.1/90",
            "10.0.0.1 10.0.0.2",
            "10.0.0.1:80",
        ] {
            assert_eq!(TrustedProxies::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_list_is_shown_as_one_writes_it() {
        let proxies = TrustedProxies::parse("10.0.0.0/8,::1").unwrap();
        assert_eq!(proxies.to_string(), "10.0.0.0/8, ::1");
    }
}
