//! What a remote must be like to be of use (contract 03 §3.5). The sentences are the reference's where it has one.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use url::Url;

use crate::domain::remotes::profile::RemoteProfile;
use crate::domain::remotes::requirements;
use crate::domain::repositories::labels;
use crate::kernel::error::Fault;

/// The public galaxies. Nobody means to mirror all of one.
const PUBLIC: &[&str] = &[
    "galaxy.ansible.com",
    "beta-galaxy.ansible.com",
    "galaxy-dev.ansible.com",
    "galaxy-qa.ansible.com",
    "galaxy-stage.ansible.com",
    "old-galaxy.ansible.com",
];

/// Longest part of a value that is quoted back.
const QUOTE_MAX: usize = 100;

/// What is wrong with a remote.
pub fn faults(remote: &RemoteProfile) -> Vec<Fault> {
    let mut faults = Vec::new();
    faults.extend(url(&remote.url));
    faults.extend(address(
        "auth_url",
        &remote.auth_url,
        "Please use username and password, or token, instead.",
    ));
    faults.extend(address(
        "proxy_url",
        &remote.proxy_url,
        "Please use proxy_username and proxy_password instead.",
    ));
    if !remote.requirements_file.is_empty()
        && let Err(fault) = requirements::check(&remote.requirements_file)
    {
        faults.push(Fault::new(None, "invalid", fault.to_string()));
    }
    if !remote.auth_url.is_empty() && remote.token.is_empty() {
        let message = "An `auth_url` needs a `token`, which is exchanged there for another.";
        faults.push(Fault::new(Some("auth_url"), "invalid", message));
    }
    faults.extend(certificate("ca_cert", &remote.ca_cert));
    faults.extend(certificate("client_cert", &remote.client_cert));
    faults.extend(numbers(remote));
    faults.extend(labels::check(&remote.labels));
    faults
}

/// The fault that a public galaxy would be mirrored whole (contract 02, SYN-2).
pub fn of_mirroring(remote: &RemoteProfile) -> Option<Fault> {
    let host = Url::parse(&remote.url).ok()?.host_str()?.to_owned();
    let is_whole = remote.requirements_file.is_empty() && PUBLIC.contains(&host.as_str());
    is_whole.then(|| {
        let message = format!(
            "Mirroring all of {host} is not allowed. Say in a requirements file which collections you need."
        );
        Fault::new(Some("requirements_file"), "invalid", message)
    })
}

fn url(text: &str) -> Option<Fault> {
    let of_url = |message: &str| Fault::new(Some("url"), "invalid", message);
    let Ok(url) = Url::parse(text) else {
        return Some(of_url("Enter a valid URL."));
    };
    if has_credentials(&url) {
        return Some(of_url(
            "The remote url contains username or password. Please use remote username or password instead.",
        ));
    }
    // `https://galaxy.ansible.com` is how many configurations name it.
    let is_bare_public = text == format!("https://{}", url.host_str().unwrap_or_default())
        && PUBLIC.contains(&url.host_str().unwrap_or_default());
    (!text.ends_with('/') && !is_bare_public).then(|| {
        let message = format!("Invalid URL {}. Ensure the URL ends '/'.", quote(text));
        Fault::new(None, "invalid", message)
    })
}

/// An address beside that of the remote. Whoever may see the remote sees it, so it holds no secret.
fn address(field: &'static str, text: &str, instead: &str) -> Option<Fault> {
    if text.is_empty() {
        return None;
    }
    let message = match Url::parse(text) {
        Err(_) => "Enter a valid URL.".to_owned(),
        Ok(url) if has_credentials(&url) => {
            let name = field.trim_end_matches("_url");
            format!("The {name} url contains username or password. {instead}")
        }
        Ok(_) => return None,
    };
    Some(Fault::new(Some(field), "invalid", message))
}

fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// One certificate or more, as PEM, and no key beside them: certificates are shown, keys are not.
fn certificate(field: &'static str, text: &str) -> Option<Fault> {
    if text.is_empty() {
        return None;
    }
    if text.contains("PRIVATE KEY-----") {
        let message =
            "There is a private key in it. Put that into `client_key`, which is never shown.";
        return Some(Fault::new(Some(field), "invalid", message));
    }
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    let message = match found {
        Ok(found) if found.is_empty() => {
            format!("No {field} specified in string {}", quote(text))
        }
        Err(_) => format!("The {field} is not PEM that can be read."),
        Ok(_) => return None,
    };
    Some(Fault::new(Some(field), "invalid", message))
}

/// What is wrong with the numbers of a remote.
pub fn numbers(remote: &RemoteProfile) -> Vec<Fault> {
    let at_least = |field, least: i64, number: Option<i64>| {
        number.filter(|number| *number < least).map(|_| {
            let message = format!("Ensure this value is greater than or equal to {least}.");
            Fault::new(Some(field), "min_value", message)
        })
    };
    let seconds = |field, seconds: Option<f64>| {
        seconds
            .filter(|seconds| !seconds.is_finite() || *seconds < 0.0)
            .map(|_| {
                let message = "Ensure this value is greater than or equal to 0.0.";
                Fault::new(Some(field), "min_value", message)
            })
    };
    [
        at_least("download_concurrency", 1, remote.download_concurrency),
        at_least("rate_limit", 0, remote.rate_limit),
        at_least("max_retries", 0, remote.max_retries),
        at_least("sync_highest_versions", 1, remote.sync_highest_versions),
        seconds("total_timeout", remote.total_timeout),
        seconds("connect_timeout", remote.connect_timeout),
        seconds("sock_connect_timeout", remote.sock_connect_timeout),
        seconds("sock_read_timeout", remote.sock_read_timeout),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn quote(text: &str) -> String {
    text.chars().take(QUOTE_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::error::Blame;

    fn remote(url: &str) -> RemoteProfile {
        RemoteProfile {
            url: url.to_owned(),
            ..RemoteProfile::fresh()
        }
    }

    fn blamed(remote: &RemoteProfile) -> Vec<String> {
        let field = |fault: Fault| match fault.blame {
            Blame::Field(name) => name.into_owned(),
            _ => "request".to_owned(),
        };
        faults(remote).into_iter().map(field).collect()
    }

    #[test]
    fn an_address_ends_with_a_slash_and_has_no_password() {
        for good in [
            "https://hub.example.com/api/",
            "ftp://hub.example.com/",
            "https://galaxy.ansible.com",
        ] {
            assert!(faults(&remote(good)).is_empty(), "{good}");
        }
        for (bad, field) in [
            ("https://hub.example.com/api", "request"),
            ("https://hub.example.com", "request"),
            ("http://a:b@hub.example.com/", "url"),
            ("http://a@hub.example.com/", "url"),
            ("hub/", "url"),
            ("", "url"),
        ] {
            assert_eq!(blamed(&remote(bad)), [field], "{bad}");
        }
    }

    #[test]
    fn each_field_has_its_own_fault() {
        let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let good = RemoteProfile {
            ca_cert: certificate.to_owned(),
            auth_url: "https://sso.example.com/".to_owned(),
            token: "t".to_owned(),
            proxy_url: "http://proxy.example.com:3128".to_owned(),
            rate_limit: Some(0),
            ..remote("https://hub.example.com/")
        };
        assert!(faults(&good).is_empty());
        let bad = RemoteProfile {
            ca_cert: "no".to_owned(),
            client_cert: certificate.replace("AAAA", "~~~~"),
            token: String::new(),
            proxy_url: "http://a:b@proxy/".to_owned(),
            download_concurrency: Some(0),
            sock_read_timeout: Some(-1.0),
            requirements_file: "roles: []".to_owned(),
            ..good
        };
        let fields = [
            "proxy_url",
            "request",
            "auth_url",
            "ca_cert",
            "client_cert",
            "download_concurrency",
            "sock_read_timeout",
        ];
        assert_eq!(blamed(&bad), fields);
        // Whoever is signed in may see these.
        let telling = RemoteProfile {
            auth_url: "https://a:secret@sso.example.com/".to_owned(),
            token: "t".to_owned(),
            client_cert: format!(
                "{certificate}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
            ),
            ..remote("https://hub.example.com/")
        };
        assert_eq!(blamed(&telling), ["auth_url", "client_cert"]);
    }

    #[test]
    fn a_public_galaxy_is_not_mirrored_whole() {
        let public = remote("https://galaxy.ansible.com/api/");
        assert!(of_mirroring(&public).is_some());
        let some = RemoteProfile {
            requirements_file: "collections: [a.b]".to_owned(),
            ..public
        };
        assert!(of_mirroring(&some).is_none());
        assert!(of_mirroring(&remote("https://hub.example.com/api/")).is_none());
    }
}
