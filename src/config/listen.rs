//! Where the server listens, and what its links begin with.

use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::time::Duration;

use crate::config::failure::ConfigError;
use crate::config::hosts::Hosts;
use crate::config::kind::Form;
use crate::config::kind::Kind;
use crate::config::layers::Layers;
use crate::config::origin::Origin;
use crate::config::proxies::TrustedProxies;
use crate::config::settings;

/// The server as its clients and proxies see it.
#[derive(Debug, Clone)]
pub struct Listen {
    /// The address to bind; port 0 asks the system for a free one.
    pub address: SocketAddr,
    /// What absolute links begin with; without it they follow the host of the request.
    pub content_origin: Option<Origin>,
    /// The proxies whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: TrustedProxies,
    /// Hosts inside the network that logos of namespaces may be fetched from.
    pub avatar_hosts: Hosts,
    /// How many connections are open at the same time.
    pub max_connections: usize,
    /// How long the head of a request may take.
    pub header_timeout: Duration,
    /// How long the body of a request may take, or be silent if it is an upload.
    pub body_timeout: Duration,
}

impl Listen {
    pub(super) fn read(layers: &mut Layers<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            address: layers.read(&settings::LISTEN)?,
            content_origin: layers.read(&settings::CONTENT_ORIGIN)?,
            trusted_proxies: layers.read(&settings::TRUSTED_PROXIES)?,
            avatar_hosts: layers.read(&settings::AVATAR_HOSTS)?,
            max_connections: layers.read(&settings::MAX_CONNECTIONS)?,
            header_timeout: layers.read(&settings::CLIENT_HEADER_TIMEOUT)?,
            body_timeout: layers.read(&settings::CLIENT_BODY_TIMEOUT)?,
        })
    }
}

/// An address and a port. Names other than `localhost` are not resolved: a server must not
/// wait for a name service to start.
pub(super) const ADDRESS: Kind<SocketAddr> = Kind {
    placeholder: "HOST:PORT",
    expected: "an address and a port, such as 127.0.0.1:8000, [::1]:8000, 0.0.0.0:80 or localhost:8000",
    form: Form::Text,
    read: address,
    show: SocketAddr::to_string,
};

fn address(text: &str) -> Option<SocketAddr> {
    let (host, port) = text.rsplit_once(':')?;
    if host.eq_ignore_ascii_case("localhost") {
        // Only the old loopback address: containers often lack the new one, and clients try both.
        return format!("{}:{port}", Ipv4Addr::LOCALHOST).parse().ok();
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_a_port() {
        for (text, expected) in [
            ("127.0.0.1:8000", "127.0.0.1:8000"),
            ("localhost:0", "127.0.0.1:0"),
            ("LOCALHOST:80", "127.0.0.1:80"),
            ("[::1]:8000", "[::1]:8000"),
            ("0.0.0.0:65535", "0.0.0.0:65535"),
        ] {
            let read = address(text).map(|address| address.to_string());
            assert_eq!(read.as_deref(), Some(expected));
        }
        for text in [
            "",
            "8000",
            ":8000",
            "localhost",
            "localhost:",
            "127.0.0.1",
            "127.0.0.1:65536",
            "::1:8000x",
            "galaxy.example.org:80",
            "http://127.0.0.1:8000",
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
