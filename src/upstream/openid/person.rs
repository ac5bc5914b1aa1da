//! From claims to what the hub wants to know of somebody.

use serde_json::Map;
use serde_json::Value;

use crate::config::single_sign_on::SingleSignOn;
use crate::upstream::openid::provider::Claims;

/// Longest subject and group, in characters; the protocol allows a subject 255.
const NAME_MAX: usize = 255;
/// Longest name of a group that can be one here, in characters.
const GROUP_MAX: usize = 150;
/// Longest part of a person's name, in characters.
const PART_MAX: usize = 150;
/// Most groups of one person.
const GROUPS_MAX: usize = 1000;

/// Somebody the provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who vouches for them.
    pub issuer: String,
    /// What they are called there, for good.
    pub subject: String,
    /// What they like to be called, as it came.
    pub username: String,
    /// Their address, if it is told.
    pub email: Option<String>,
    /// Whether the provider says that the address is theirs.
    pub email_is_verified: bool,
    /// Their given name.
    pub first_name: Option<String>,
    /// Their family name.
    pub last_name: Option<String>,
    /// The groups they are in, each once.
    pub groups: Vec<String>,
}

impl Person {
    /// Reads claims.
    ///
    /// # Errors
    ///
    /// A sentence that names the claim that is missing or not what it must be.
    pub fn read(claims: Claims, settings: &SingleSignOn) -> Result<Self, String> {
        let Claims {
            issuer,
            subject,
            values,
        } = claims;
        if subject.chars().count() > NAME_MAX || subject.chars().any(char::is_control) {
            return Err(
                "The provider's name for this person (claim sub) is not usable.".to_owned(),
            );
        }
        let claim = &settings.username_claim;
        let username = text(&values, claim)?.ok_or_else(|| {
            format!(
                "The provider does not tell the claim {claim}, which names accounts here; the scopes asked for are: {}.",
                settings.scopes
            )
        })?;
        Ok(Self {
            issuer,
            subject,
            username,
            email: text(&values, "email")?,
            email_is_verified: values.get("email_verified") == Some(&Value::Bool(true)),
            first_name: text(&values, "given_name")?.map(cut),
            last_name: text(&values, "family_name")?.map(cut),
            groups: groups(&values, &settings.group_claim)?,
        })
    }
}

/// A claim that is a text and not empty.
fn text(values: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match values.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            let text = text.trim();
            Ok((!text.is_empty()).then(|| text.to_owned()))
        }
        Some(_) => Err(format!(
            "The provider's claim {name} is not a text, as it must be."
        )),
    }
}

/// A claim that lists texts. One text is a list of one, and a claim that is not there lists nothing: that is how
/// providers tell that somebody has left the last group.
fn groups(values: &Map<String, Value>, name: &str) -> Result<Vec<String>, String> {
    let no_list = || format!("The provider's claim {name} is not a list of texts, as it must be.");
    let listed: Vec<&str> = match values.get(name) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all
            .iter()
            .map(|one| one.as_str().ok_or_else(no_list))
            .collect::<Result<_, _>>()?,
        Some(_) => return Err(no_list()),
    };
    if listed.len() > GROUPS_MAX {
        return Err(format!(
            "The provider's claim {name} lists {} groups; {GROUPS_MAX} are the most.",
            listed.len()
        ));
    }
    let fits = |one: &str| {
        let length = one.chars().count();
        (1..=GROUP_MAX).contains(&length) && !one.chars().any(char::is_control)
    };
    let mut groups: Vec<String> = listed
        .into_iter()
        .filter(|one| fits(one))
        .map(str::to_owned)
        .collect();
    groups.sort();
    groups.dedup();
    Ok(groups)
}

fn cut(text: String) -> String {
    text.chars().take(PART_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::path::Path;

    use serde_json::json;

    use crate::config::Config;

    fn read(values: Value) -> Result<Person, String> {
        let Value::Object(values) = values else {
            panic!("no object");
        };
        let claims = Claims {
            issuer: "https://sso.example.org".to_owned(),
            subject: "42".to_owned(),
            values,
        };
        Person::read(
            claims,
            &Config::for_testing(Path::new("nowhere")).single_sign_on,
        )
    }

    #[test]
    fn a_person_is_read_from_claims() {
        let person = read(json!({
            "preferred_username": "ana", "email": "ana@example.org", "email_verified": true, "given_name": "Ana",
            "groups": ["b", "a", "b", "", "line\nbreak"],
        }));
        let person = person.unwrap();
        assert_eq!(person.username, "ana");
        assert!(person.email_is_verified);
        assert_eq!(person.first_name.as_deref(), Some("Ana"));
        assert_eq!(person.last_name, None);
        assert_eq!(person.groups, ["a", "b"]);
    }

    #[test]
    fn a_claim_that_is_not_there_lists_no_groups_and_one_text_lists_one() {
        let groups = |value| read(json!({"preferred_username": "ana", "groups": value}));
        assert_eq!(groups(Value::Null).unwrap().groups, Vec::<String>::new());
        assert_eq!(groups(json!("staff")).unwrap().groups, ["staff"]);
        let none = read(json!({"preferred_username": "ana"})).unwrap();
        assert!(none.groups.is_empty());
    }

    #[test]
    fn claims_of_wrong_types_are_named() {
        for (claims, name) in [
            (json!({}), "preferred_username"),
            (json!({"preferred_username": " "}), "preferred_username"),
            (json!({"preferred_username": 5}), "preferred_username"),
            (
                json!({"preferred_username": "a", "groups": {"a": 1}}),
                "groups",
            ),
            (
                json!({"preferred_username": "a", "groups": ["a", 1]}),
                "groups",
            ),
            (json!({"preferred_username": "a", "groups": true}), "groups"),
            (json!({"preferred_username": "a", "email": ["x"]}), "email"),
        ] {
            let error = read(claims.clone()).unwrap_err();
            assert!(error.contains(name), "{claims}: {error}");
        }
        let many: Vec<String> = (0..2000).map(|n| n.to_string()).collect();
        assert!(read(json!({"preferred_username": "a", "groups": many})).is_err());
    }
}
