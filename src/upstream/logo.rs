//! Images that somebody has named by their address. The address is anybody's, so it is not believed: it leads to public
//! places only, and to those that the operator lists.

use std::error::Error as _;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use reqwest::Client;
use reqwest::dns::Addrs;
use reqwest::dns::Name;
use reqwest::dns::Resolve;
use reqwest::dns::Resolving;
use reqwest::redirect::Policy;
use url::Host;
use url::Url;

use crate::config::hosts::Hosts;
use crate::upstream::web;
use crate::upstream::web::WebError;

/// Largest image, in bytes (contract 02 §2.9).
const SIZE_MAX: usize = 3 * 1024 * 1024;
/// Most redirects that are followed, each to a place that is checked like the first.
const REDIRECTS_MAX: usize = 3;

/// An image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What kind it is: `image/png`.
    pub media_type: &'static str,
}

/// Why there is no image.
#[derive(Debug, thiserror::Error)]
pub enum LogoError {
    /// Not http, or inside the network.
    #[error("{0} is not a public address; the operator can allow its host in GALAXY_AVATAR_HOSTS")]
    Private(String),
    /// Not reached, too slow, or longer than an image may be.
    #[error("{0}")]
    Web(#[from] WebError),
    /// Another answer than an image.
    #[error("the answer is {0}")]
    Refused(reqwest::StatusCode),
    /// Something else.
    #[error("it is no PNG, JPEG, GIF, WebP or SVG image")]
    NoImage,
}

/// Fetches images.
#[derive(Debug)]
pub struct Logos {
    client: Client,
    guard: Guard,
}

impl Logos {
    /// Fetches from public addresses, and from the hosts `inside` the network.
    ///
    /// # Errors
    ///
    /// The system has no authorities to trust.
    pub fn new(inside: Hosts) -> anyhow::Result<Self> {
        let guard = Guard(Arc::new(inside));
        let policy = {
            let guard = guard.clone();
            Policy::custom(move |attempt| {
                if attempt.previous().len() > REDIRECTS_MAX {
                    attempt.error("too many redirects")
                } else if guard.allows(attempt.url()) {
                    attempt.follow()
                } else {
                    attempt.error("the redirect leads to an address that is not public")
                }
            })
        };
        let client = web::builder()
            .redirect(policy)
            // A proxy would resolve names itself, past the guard.
            .no_proxy()
            .dns_resolver(Arc::new(guard.clone()))
            .build()
            .context("cannot prepare TLS")?;
        Ok(Self { client, guard })
    }

    /// The image at `url`.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the address, the way there, or what is there; the text is for whoever gave the address.
    pub async fn fetch(&self, url: &Url) -> Result<Logo, LogoError> {
        if !self.guard.allows(url) {
            return Err(LogoError::Private(url.to_string()));
        }
        let sent = self.client.get(url.clone()).send().await;
        let response = sent.map_err(|error| match error.source() {
            Some(cause) if is_refusal(cause) => LogoError::Private(url.to_string()),
            _ => LogoError::Web(error.into()),
        })?;
        if !response.status().is_success() {
            return Err(LogoError::Refused(response.status()));
        }
        let bytes = web::read(response, SIZE_MAX).await?;
        let media_type = media_type(&bytes).ok_or(LogoError::NoImage)?;
        Ok(Logo { bytes, media_type })
    }
}

/// Whether a failure is that of a [`Guard`], somewhere down its causes.
fn is_refusal(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<NotPublic>() || error.source().is_some_and(is_refusal)
}

/// A name has no public address.
#[derive(Debug, thiserror::Error)]
#[error("{0} has no public address")]
struct NotPublic(String);

/// What may be asked: it stands where names become addresses, so that a name cannot be another one's a moment later.
#[derive(Debug, Clone)]
struct Guard(Arc<Hosts>);

impl Guard {
    /// Whether a URL may be asked, as far as it says; a name is checked when it is resolved.
    fn allows(&self, url: &Url) -> bool {
        let host = match url.host() {
            None => false,
            Some(Host::Domain(_)) => true,
            Some(Host::Ipv4(ip)) => is_public(ip.into()) || self.0.contains(&ip.to_string()),
            Some(Host::Ipv6(ip)) => is_public(ip.into()) || self.0.contains(&ip.to_string()),
        };
        host && matches!(url.scheme(), "http" | "https")
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let is_inside = guard.0.contains(&name);
            let allowed = found.filter(|address| is_inside || is_public(address.ip()));
            let allowed: Vec<SocketAddr> = allowed.collect();
            if allowed.is_empty() {
                return Err(NotPublic(name).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the whole world's: no machine of this network, and nothing that stands for one.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_special = matches!(
        (a, b, c),
        (0 | 240..=255, ..) // this network, reserved, broadcast
            | (100, 64..=127, _) // behind a carrier's address translation
            | (192, 0, 0)
            | (192, 88, 99)
            | (198, 18..=19, _) // benchmarks
    );
    !(is_special
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast())
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    // Global unicast, without what stands for an IPv4 address (Teredo, 6to4) and what is for documentation.
    let is_global = segments[0] & 0xe000 == 0x2000;
    let is_special = matches!(
        (segments[0], segments[1]),
        (0x2001, 0..=0x1ff | 0xdb8) | (0x2002, _) | (0x3fff, 0..=0xfff)
    );
    match ip.to_ipv4_mapped() {
        Some(ip) => is_public_v4(ip),
        None => is_global && !is_special,
    }
}

/// What kind of image these bytes begin like. What a server calls it does not count.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => is_svg(bytes).then_some("image/svg+xml"),
    }
}

/// Whether the first element of a text is `svg`.
fn is_svg(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let after = if let Some(comment) = rest.strip_prefix("<!--") {
            comment.split_once("-->")
        } else if rest.starts_with("<?") || rest.starts_with("<!") {
            rest.split_once('>')
        } else {
            let after = rest.strip_prefix("<svg");
            return after.is_some_and(|after| after.starts_with([' ', '\t', '\r', '\n', '>', '/']));
        };
        let Some((_, after)) = after else {
            return false;
        };
        rest = after.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(inside: &str, url: &str) -> bool {
        let hosts = Hosts::parse(inside).unwrap();
        Guard(Arc::new(hosts)).allows(&Url::parse(url).unwrap())
    }

    #[test]
    fn only_public_addresses_are_asked() {
        for url in [
            "http://127.0.0.1/x",
            "http://2130706433/x",
            "http://0x7f.1/x",
            "http://10.0.0.1/x",
            "http://169.254.169.254/latest/meta-data/",
            "http://100.64.0.1/x",
            "http://0.0.0.0/x",
            "http://[::1]/x",
            "http://[::]/x",
            "http://[fd00::1]/x",
            "http://[fe80::1]/x",
            "http://[::ffff:127.0.0.1]/x",
            "http://[2002:7f00:1::]/x",
            "http://[64:ff9b::7f00:1]/x",
            "http://[2001:0:53aa:64c::]/x",
            "ftp://example.com/x",
            "file:///etc/passwd",
        ] {
            assert!(!allows("", url), "{url}");
        }
        for url in [
            "http://93.184.216.34/x",
            "https://example.com/x",
            "https://[2606:2800:220:1::1]/x",
        ] {
            assert!(allows("", url), "{url}");
        }
        assert!(allows("10.0.0.1", "http://10.0.0.1/x"));
        assert!(!allows("10.0.0.1", "http://10.0.0.2/x"));
    }

    #[test]
    fn an_image_is_known_by_its_bytes() {
        let svg = "<?xml version='1.0'?>\n<!-- made by hand --> <!DOCTYPE svg>\n<svg xmlns='x'/>";
        for (bytes, expected) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Some("image/png")),
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (b"GIF89a", Some("image/gif")),
            (b"RIFF\0\0\0\0WEBP", Some("image/webp")),
            (svg.as_bytes(), Some("image/svg+xml")),
            (b"<svg>", Some("image/svg+xml")),
            (b"<svgx>", None),
            (b"<html><svg></svg></html>", None),
            (b"<!-- <svg> ", None),
            (b"", None),
            (b"hello", None),
        ] {
            assert_eq!(media_type(bytes), expected, "{bytes:?}");
        }
    }
}
