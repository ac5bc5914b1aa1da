//! The query string: parsed once, read by name, and refused where a family is strict.

use std::future::Ready;
use std::future::ready;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use actix_web::FromRequest;
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use url::form_urlencoded;

use crate::http::kit::asked::Asked;
use crate::http::kit::asked::Form;
use crate::http::kit::failure::Failure;
use crate::http::kit::operation::Operation;
use crate::http::kit::operation::Takes;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;

/// Names every strict list knows besides its own (contract 01 §1.5).
const EVERYWHERE: &[&str] = &[
    "limit",
    "offset",
    "ordering",
    "fields",
    "exclude_fields",
    "minimal",
    "page_size",
    "format",
];

/// Most terms a list can be narrowed by at once.
const TERMS_MAX: usize = 16;

/// The parameters of a request, in the order they came.
#[derive(Debug, Clone, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
    /// There if it is only looked at what is read.
    asked: Option<Arc<Mutex<Asked>>>,
}

impl Params {
    /// Reads a query string, without its question mark.
    pub fn of(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        Self {
            pairs: pairs.collect(),
            asked: None,
        }
    }

    /// What `read` asks of a query.
    pub fn asked<R>(read: impl Fn(&Self) -> R) -> Asked {
        let asked = Arc::<Mutex<Asked>>::default();
        let params = Self {
            pairs: Vec::new(),
            asked: Some(Arc::clone(&asked)),
        };
        // What comes of it does not matter.
        let _read = read(&params);
        let asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clone()
    }

    /// Notes what is asked for, for whoever looks.
    pub fn note(&self, name: &str, form: impl FnOnce() -> Form) {
        if let Some(asked) = &self.asked {
            let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.note(name, form());
        }
    }

    /// The value of `name`; the last one if it came several times, and not an empty one.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.note(name, || Form::Text);
        let found = self.pairs.iter().rev().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Every non-empty value of `name`.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> + 's {
        self.note(name, || Form::Texts);
        let found = self.pairs.iter().filter(move |(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The elements of a comma list called `name`. Fails if there are more than anybody means to ask for.
    pub fn list(&self, name: &'static str) -> Result<Vec<String>> {
        self.note(name, || Form::Commas(Box::new(Form::Text)));
        let text = self.last(name).unwrap_or_default();
        few(
            name,
            text.split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty()),
        )
    }

    /// The words of `name`, as [`Params::list`].
    pub fn words(&self, name: &'static str) -> Result<Vec<String>> {
        few(name, self.last(name).unwrap_or_default().split_whitespace())
    }

    /// Every value of `name`, as [`Params::list`].
    pub fn values(&self, name: &'static str) -> Result<Vec<String>> {
        few(name, self.all(name))
    }

    /// The value of `name` as a boolean. What is none counts as absent, as in the reference.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        self.note(name, || Form::Flag);
        self.last(name).and_then(Self::truth)
    }

    /// The boolean that a value of a parameter is, if it is one.
    pub fn truth(text: &str) -> Option<bool> {
        match text {
            "true" | "True" => Some(true),
            "false" | "False" => Some(false),
            _ => None,
        }
    }

    /// Whether `name` is on; off when absent. Refuses what is no boolean, and a name without a value: before what
    /// cannot be undone, a question is better than a guess.
    pub fn switch(&self, name: &'static str) -> Result<bool> {
        self.note(name, || Form::Flag);
        match self.pairs.iter().rev().find(|(key, _)| key == name) {
            None => Ok(false),
            Some((_, value)) => Self::truth(value)
                .ok_or_else(|| Error::invalid(name, "invalid", "Must be a valid boolean.")),
        }
    }

    /// Refuses names that are neither in `known` nor known to every list.
    pub fn only(&self, known: &[&str]) -> Result<()> {
        let is_known = |name: &str| known.contains(&name) || EVERYWHERE.contains(&name);
        let faults: Vec<Fault> = self
            .pairs
            .iter()
            .filter(|(name, _)| !is_known(name))
            // The code is null on the reference; galaxykit crashes on that.
            .map(|(name, _)| {
                Fault::new(
                    Some("errors"),
                    "invalid",
                    format!("Invalid Filter: '{name}'"),
                )
            })
            .collect();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(faults))
        }
    }

    /// What `ordering` asks for, out of `choices`; the default when it is absent.
    pub fn ordering<T: Copy + Default>(&self, choices: &[(&str, T)]) -> Result<T> {
        self.order("ordering", choices)
    }

    /// As [`Params::ordering`], for a list that has another order than the usual one when none is asked for.
    pub fn ordering_or<T: Copy>(&self, default: T, choices: &[(&str, T)]) -> Result<T> {
        self.order_or("ordering", default, choices)
    }

    /// What the parameter called `name` (`ordering`, `sort`) asks for, out of `choices`.
    pub fn order<T: Copy + Default>(&self, name: &'static str, choices: &[(&str, T)]) -> Result<T> {
        self.order_or(name, T::default(), choices)
    }

    /// As [`Params::order`], with a default of the list's own.
    pub fn order_or<T: Copy>(
        &self,
        name: &'static str,
        default: T,
        choices: &[(&str, T)],
    ) -> Result<T> {
        self.note(name, || Form::word_of(choices));
        let Some(wanted) = self.last(name) else {
            return Ok(default);
        };
        let found = choices
            .iter()
            .find(|(choice, _)| *choice == wanted)
            .map(|(_, order)| *order);
        found.ok_or_else(|| {
            let message =
                format!("Select a valid choice. {wanted} is not one of the available choices.");
            Error::invalid(name, "invalid_choice", message)
        })
    }

    /// The query string of another page: these parameters with others in place, sorted by name.
    /// A replacement of `None` takes the parameter out.
    pub fn with(&self, replaced: &[(&str, Option<u64>)]) -> String {
        let is_replaced = |key: &str| replaced.iter().any(|(name, _)| *name == key);
        let mut pairs: Vec<(String, String)> = self
            .pairs
            .iter()
            .filter(|(key, _)| !is_replaced(key))
            .cloned()
            .collect();
        pairs.extend(
            replaced
                .iter()
                .filter_map(|(name, value)| Some(((*name).to_owned(), (*value)?.to_string()))),
        );
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish()
    }
}

/// Each term is a clause of its own in the query, so their number is bounded.
fn few<'a>(name: &'static str, terms: impl Iterator<Item = &'a str>) -> Result<Vec<String>> {
    let terms: Vec<String> = terms.map(str::to_owned).collect();
    if terms.len() <= TERMS_MAX {
        return Ok(terms);
    }
    let message = format!(
        "Ensure there are no more than {TERMS_MAX} terms, instead of {}.",
        terms.len()
    );
    Err(Error::invalid(name, "invalid", message))
}

impl Takes for Params {
    fn tell(operation: &mut Operation) {
        operation.has_query = true;
    }
}

impl FromRequest for Params {
    type Error = Failure;
    type Future = Ready<std::result::Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request.query_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_page_has_the_same_parameters_sorted_by_name() {
        let params = Params::of("offset=-5&name=a%20b&limit=999&keywords=x&keywords=y");
        assert_eq!(
            params.with(&[("limit", Some(100)), ("offset", Some(0))]),
            "keywords=x&keywords=y&limit=100&name=a+b&offset=0"
        );
        assert_eq!(
            params.with(&[("limit", Some(3)), ("offset", None)]),
            "keywords=x&keywords=y&limit=3&name=a+b"
        );
    }

    #[test]
    fn a_switch_is_never_guessed() {
        let dry_run = |query: &str| Params::of(query).switch("dry_run");
        for (query, is_on) in [
            ("", false),
            ("dry_run=true", true),
            ("dry_run=True", true),
            ("dry_run=false", false),
            ("dry_run=x&dry_run=true", true),
        ] {
            assert_eq!(dry_run(query).unwrap(), is_on, "{query}");
        }
        for query in [
            "dry_run",
            "dry_run=",
            "dry_run=1",
            "dry_run=yes",
            "dry_run=true&dry_run=",
        ] {
            assert!(dry_run(query).is_err(), "{query}");
        }
    }

    #[test]
    fn a_strict_list_names_what_it_does_not_know() {
        let error = Params::of("name=a&nope=1").only(&["name"]).unwrap_err();
        assert_eq!(error.to_string(), "invalid input: Invalid Filter: 'nope'");
        assert!(
            Params::of("name=a&limit=1&format=json")
                .only(&["name"])
                .is_ok()
        );
    }
}
