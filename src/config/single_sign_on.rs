//! Signing in at another server that speaks OpenID Connect. Off unless issuer and client id are set.

use std::fmt;
use std::net::IpAddr;

use url::Url;

use crate::config::failure::ConfigError;
use crate::config::kind::Form;
use crate::config::kind::Kind;
use crate::config::kind::Secret;
use crate::config::layers::Layers;
use crate::config::settings;

/// Longest text of a setting here, in characters.
const TEXT_MAX: usize = 500;

/// Who vouches for people, and what their word is good for.
#[derive(Debug, Clone)]
pub struct SingleSignOn {
    /// The provider.
    pub issuer: Option<Issuer>,
    /// What the provider calls this hub.
    pub client_id: Option<String>,
    /// How this hub proves to be that; `None` for a client that the provider knows as public.
    pub client_secret: Option<Secret>,
    /// What the provider is asked for, with spaces between.
    pub scopes: String,
    /// The claim that becomes the name of a new account.
    pub username_claim: String,
    /// The claim that lists groups.
    pub group_claim: String,
    /// What the listed groups do.
    pub groups: GroupMapping,
    /// Which of them do it.
    pub mapped_groups: GroupNames,
    /// Who is in this group of the provider is a superuser here.
    pub superuser_group: Option<String>,
    /// Only who is in this group of the provider may sign in.
    pub required_group: Option<String>,
    /// Only who has a verified address in one of these domains may sign in; empty for everybody.
    pub email_domains: Domains,
    /// Somebody new gets an account by signing in.
    pub creates_accounts: bool,
    /// What the button says.
    pub label: String,
    /// The provider may be asked without TLS.
    pub allows_http: bool,
}

impl SingleSignOn {
    pub(super) fn read(layers: &mut Layers<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            issuer: layers.read(&settings::OIDC_ISSUER)?,
            client_id: layers.read(&settings::OIDC_CLIENT_ID)?,
            client_secret: layers.read(&settings::OIDC_CLIENT_SECRET)?,
            scopes: layers.read(&settings::OIDC_SCOPES)?,
            username_claim: layers.read(&settings::OIDC_USERNAME_CLAIM)?,
            group_claim: layers.read(&settings::OIDC_GROUP_CLAIM)?,
            groups: layers.read(&settings::OIDC_GROUPS)?,
            mapped_groups: layers.read(&settings::OIDC_MAPPED_GROUPS)?,
            superuser_group: layers.read(&settings::OIDC_SUPERUSER_GROUP)?,
            required_group: layers.read(&settings::OIDC_REQUIRED_GROUP)?,
            email_domains: layers.read(&settings::OIDC_EMAIL_DOMAINS)?,
            creates_accounts: layers.read(&settings::OIDC_CREATE_ACCOUNTS)?,
            label: layers.read(&settings::OIDC_LABEL)?,
            allows_http: layers.read(&settings::OIDC_ALLOW_HTTP)?,
        })
    }

    /// Whether people can sign in this way: the feature flag `external_authentication`.
    pub fn is_on(&self) -> bool {
        self.issuer.is_some() && self.client_id.is_some()
    }
}

/// The URL a provider is known by, exactly as it writes it: a slash at its end counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer(String);

impl Issuer {
    /// Takes an http or https URL without user, query and fragment.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let valid = matches!(url.scheme(), "http" | "https")
            && url.host().is_some()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
            && !text.contains(char::is_whitespace);
        valid.then(|| Self(text.to_owned()))
    }

    /// The URL as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether what is sent to `url` can be read on the way by nobody else: by TLS, or because it stays on this machine.
pub fn is_private_way(url: &Url) -> bool {
    let is_loopback = || match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(url::Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(),
        _ => false,
    }
}

/// What the groups of a claim do here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupMapping {
    /// Nothing.
    Off,
    /// Those that exist here hold who signs in.
    Existing,
    /// The same, and those that are missing are made.
    Create,
}

/// Names of the groups that a claim may put people into; without any, all but those that come with a hub.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupNames(Vec<String>);

/// What the names of groups begin with that come with a hub. They have far-reaching roles, and a provider where people
/// make groups themselves must not be the way to them.
const SYSTEM: &str = "system:";

impl GroupNames {
    /// Takes names with commas between them.
    pub fn parse(text: &str) -> Option<Self> {
        let names = text.split(',').map(str::trim);
        names
            .filter(|name| !name.is_empty())
            .map(line)
            .collect::<Option<Vec<String>>>()
            .map(Self)
    }

    /// Whether a claim may put people into the group called `name`.
    pub fn admit(&self, name: &str) -> bool {
        match self.0.as_slice() {
            [] => !name.starts_with(SYSTEM),
            names => names.iter().any(|one| one == name),
        }
    }
}

/// Domains of e-mail addresses, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Domains(Vec<String>);

impl Domains {
    /// Takes domains with commas between them.
    pub fn parse(text: &str) -> Option<Self> {
        let parts = text.split(',').map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .map(|part| is_domain(part).then(|| part.to_ascii_lowercase()))
            .collect::<Option<Vec<String>>>()
            .map(Self)
    }

    /// Whether there are none, so that addresses do not matter.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `address` is in one of them; not in one below it.
    pub fn contains(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map(|(_, domain)| domain);
        domain.is_some_and(|domain| self.0.contains(&domain.to_ascii_lowercase()))
    }
}

fn is_domain(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    text.len() <= 253 && text.bytes().all(allowed) && !text.starts_with('.')
}

/// A provider that may be left out.
pub(super) const OPTIONAL_ISSUER: Kind<Option<Issuer>> = Kind {
    placeholder: "URL",
    expected: "an http or https URL, such as https://sso.example.org/realms/main",
    form: Form::Text,
    read: |text| match text {
        "" => Some(None),
        text => Issuer::parse(text).map(Some),
    },
    show: |issuer| issuer.as_ref().map_or(String::new(), Issuer::to_string),
};

/// A text that may be left out.
pub(super) const OPTIONAL_TEXT: Kind<Option<String>> = Kind {
    placeholder: "TEXT",
    expected: "one line of text",
    form: Form::Text,
    read: |text| match text {
        "" => Some(None),
        text => line(text).map(Some),
    },
    show: |text| text.clone().unwrap_or_default(),
};

/// A text that must be given.
pub(super) const TEXT: Kind<String> = Kind {
    placeholder: "TEXT",
    expected: "one line of text",
    form: Form::Text,
    read: line,
    show: String::clone,
};

/// What to do with groups.
pub(super) const GROUP_MAPPING: Kind<GroupMapping> = Kind {
    placeholder: "CHOICE",
    expected: "off, existing or create",
    form: Form::Text,
    read: |text| match text {
        "off" => Some(GroupMapping::Off),
        "existing" => Some(GroupMapping::Existing),
        "create" => Some(GroupMapping::Create),
        _ => None,
    },
    show: |mapping| {
        let text = match mapping {
            GroupMapping::Off => "off",
            GroupMapping::Existing => "existing",
            GroupMapping::Create => "create",
        };
        text.to_owned()
    },
};

/// A list of groups, which may be empty.
pub(super) const GROUP_NAMES: Kind<GroupNames> = Kind {
    placeholder: "GROUPS",
    expected: "a list of groups with commas between them, such as publishers, reviewers",
    form: Form::List,
    read: GroupNames::parse,
    show: |groups| groups.0.join(", "),
};

/// A list of domains, which may be empty.
pub(super) const DOMAINS: Kind<Domains> = Kind {
    placeholder: "DOMAINS",
    expected: "a list of domains with commas between them, such as example.org, example.com",
    form: Form::List,
    read: Domains::parse,
    show: |domains| domains.0.join(", "),
};

fn line(text: &str) -> Option<String> {
    let valid =
        !text.is_empty() && text.chars().count() <= TEXT_MAX && !text.chars().any(char::is_control);
    valid.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_kept_as_it_is_written() {
        for text in [
            "https://sso.example.org",
            "https://sso.example.org/",
            "http://localhost:8080/realms/main",
        ] {
            assert_eq!(Issuer::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "sso.example.org",
            "ftp://sso.example.org",
            "https://user@sso.example.org",
            "https://sso.example.org?x",
            "https://sso.example.org#x",
            "https://sso example",
        ] {
            assert_eq!(Issuer::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_leaves_the_machine_needs_tls() {
        let private = |text: &str| is_private_way(&Url::parse(text).unwrap());
        for text in [
            "https://sso.example.org",
            "http://127.0.0.1:8080",
            "http://[::1]",
            "http://localhost/x",
        ] {
            assert!(private(text), "{text}");
        }
        for text in [
            "http://sso.example.org",
            "http://localhost.example.org",
            "http://127.0.0.1.example.org",
            "file:///etc/passwd",
        ] {
            assert!(!private(text), "{text}");
        }
    }

    #[test]
    fn a_claim_leads_into_the_groups_that_are_listed_or_else_into_all_that_people_made() {
        let all = GroupNames::parse("").unwrap();
        assert!(all.admit("crew") && !all.admit("system:partner-engineers"));
        let some = GroupNames::parse("crew, system:partner-engineers").unwrap();
        assert!(some.admit("crew") && some.admit("system:partner-engineers"));
        assert!(!some.admit("Crew") && !some.admit("others"));
        assert_eq!((GROUP_NAMES.show)(&some), "crew, system:partner-engineers");
    }

    #[test]
    fn an_address_is_in_the_very_domain() {
        let domains = Domains::parse("Example.org, example.com,").unwrap();
        assert!(domains.contains("ana@EXAMPLE.org"));
        for address in [
            "ana@sub.example.org",
            "ana@badexample.org",
            "example.org",
            "ana@example.org@evil.org",
        ] {
            assert!(!domains.contains(address), "{address}");
        }
        assert!(Domains::parse("a b").is_none());
        assert!(Domains::parse("").unwrap().is_empty());
    }
}
