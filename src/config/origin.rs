//! The start of an absolute URL: scheme, host, and a port where it is needed.

use std::fmt;
use std::net::Ipv6Addr;

use crate::config::kind::Form;
use crate::config::kind::Kind;

/// Longest host name, in characters (RFC 1035 §2.3.4).
const HOST_MAX: usize = 253;

/// `https://galaxy.example.org`, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Takes an absolute http or https URL without user, path, query and fragment;
    /// one slash at the end is allowed and dropped. Scheme and host become lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let valid = matches!(scheme.as_str(), "http" | "https") && is_authority(authority);
        valid.then(|| Self(format!("{scheme}://{}", authority.to_ascii_lowercase())))
    }

    /// The origin as text, to put a path behind.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An origin that may be left out.
pub(super) const OPTIONAL_ORIGIN: Kind<Option<Origin>> = Kind {
    placeholder: "URL",
    expected: "an http or https URL without a path, such as https://galaxy.example.org",
    form: Form::Text,
    read: |text| match text {
        "" => Some(None),
        text => Origin::parse(text).map(Some),
    },
    show: |origin| origin.as_ref().map_or(String::new(), Origin::to_string),
};

fn is_authority(text: &str) -> bool {
    // The colons of an IPv6 address stand before its bracket, so the last one is the port's.
    match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => is_host(host) && is_port(port),
        _ => is_host(text),
    }
}

fn is_host(text: &str) -> bool {
    let bracketed = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Some(address) = bracketed {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    // The underscore is no letter of a host name, but container networks use it.
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    (1..=HOST_MAX).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_port(text: &str) -> bool {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    digits && text.parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (text, expected) in [
            ("https://galaxy.example.org", "https://galaxy.example.org"),
            ("HTTP://Galaxy.Example.org/", "http://galaxy.example.org"),
            ("http://localhost:8000", "http://localhost:8000"),
            ("http://[::1]", "http://[::1]"),
            ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ] {
            assert_eq!(Origin::parse(text).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn anything_that_could_break_a_link_is_refused() {
        for text in [
            "",
            "galaxy.example.org",
            "//galaxy.example.org",
            "ftp://galaxy.example.org",
            "https://",
            "https:///",
            "https://:80",
            "https://galaxy.example.org/api",
            "https://galaxy.example.org//",
            "https://galaxy.example.org?x",
            "https://galaxy.example.org#x",
            "https://user@galaxy.example.org",
            "https://galaxy example",
            "https://galaxy\r\nx",
            "https://host:0",
            "https://host:+80",
            "https://host:65536",
            "https://host:",
            "https://[::1",
            "https://::1",
        ] {
            assert_eq!(Origin::parse(text), None, "{text}");
        }
    }
}
