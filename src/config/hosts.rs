//! Lists of hosts.

use std::net::IpAddr;

use crate::config::kind::Form;
use crate::config::kind::Kind;

/// Names and addresses of hosts, in lower case; none to begin with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts(Vec<String>);

impl Hosts {
    /// Takes hosts with commas between them, without scheme and port.
    pub fn parse(text: &str) -> Option<Self> {
        let parts = text.split(',').map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .map(host)
            .collect::<Option<Vec<String>>>()
            .map(Self)
    }

    /// Whether `host` is one of them; a name does not stand for those below it.
    pub fn contains(&self, host: &str) -> bool {
        self.0.contains(&host.to_ascii_lowercase())
    }
}

/// A host in the one spelling that is compared.
fn host(text: &str) -> Option<String> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_string());
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let is_name = text.len() <= 253 && text.bytes().all(allowed) && !text.starts_with('.');
    is_name.then(|| text.to_ascii_lowercase())
}

pub(super) const HOSTS: Kind<Hosts> = Kind {
    placeholder: "HOSTS",
    expected: "a list of names or addresses of hosts with commas between them, such as git.example.org, 10.0.0.5",
    form: Form::List,
    read: Hosts::parse,
    show: |hosts| hosts.0.join(", "),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_or_addresses() {
        let hosts = Hosts::parse("git.Example.org, 10.0.0.5,FD00:0::5,").unwrap();
        for host in ["git.example.org", "GIT.example.org", "10.0.0.5", "fd00::5"] {
            assert!(hosts.contains(host), "{host}");
        }
        assert!(!hosts.contains("x.git.example.org"));
        assert_eq!(Hosts::parse(""), Some(Hosts::default()));
        for text in ["https://example.org", "a b", "example.org:80"] {
            assert_eq!(Hosts::parse(text), None, "{text}");
        }
    }
}
