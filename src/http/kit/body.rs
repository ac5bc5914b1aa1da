//! Request bodies that are objects: JSON or a form, read field by field so that every fault is told at once.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use actix_web::FromRequest;
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::web::Data;
use serde_json::Map;
use serde_json::Value;
use url::form_urlencoded;
use utoipa::openapi::Schema;
use utoipa::openapi::schema::ObjectBuilder;

use crate::http::kit::asked::Form;
use crate::http::kit::asked::Watched;
use crate::http::kit::failure::Failure;
use crate::http::kit::multipart::texts;
use crate::http::kit::operation::Operation;
use crate::http::kit::operation::RequestBody;
use crate::http::kit::operation::Takes;
use crate::kernel::error::Blame;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;
use crate::state::App;

/// Largest body that is read into memory. Profiles with their Markdown are far below.
pub const BODY_MAX: usize = 2 * 1024 * 1024;

/// The fields of a body. An empty body has none, whatever its type claims (contract 01 §1.9).
#[derive(Default)]
pub struct Body {
    fields: Map<String, Value>,
    is_form: bool,
    faults: Vec<Fault>,
    /// There if it is only looked at what is read.
    watched: Option<Box<Watched>>,
}

impl Body {
    /// The schema of the bodies that `read` reads: it is run on two that note what they are asked for, one that seems
    /// to have every field and one that has none, for what must be there.
    pub fn schema<R>(read: impl Fn(&mut Self) -> R) -> Schema {
        let look = |is_full| {
            let watched = Watched {
                is_full,
                ..Watched::default()
            };
            let mut body = Self {
                watched: Some(Box::new(watched)),
                ..Self::default()
            };
            // What comes of it does not matter.
            let _read = read(&mut body);
            body
        };
        let watched = look(true).watched.unwrap_or_default();
        watched.schema(&look(false).faults)
    }

    fn note(&mut self, name: &str, form: impl FnOnce() -> Form) {
        if let Some(watched) = &mut self.watched {
            watched.asked.note(name, form());
        }
    }

    fn parse(content_type: &str, bytes: &[u8]) -> Result<Self> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let media_type = content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let fields = match media_type.as_str() {
            "" | "application/json" => match serde_json::from_slice(bytes) {
                Ok(Value::Object(fields)) => fields,
                Ok(other) => {
                    let message = format!(
                        "Invalid data. Expected a dictionary, but got {}.",
                        python_type(&other)
                    );
                    return Err(Error::Invalid(vec![Fault::new(None, "invalid", message)]));
                }
                Err(error) => return Err(Error::Malformed(format!("JSON parse error - {error}"))),
            },
            "application/x-www-form-urlencoded" => form_urlencoded::parse(bytes)
                .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
                .collect(),
            "multipart/form-data" => texts::read(content_type, bytes)?,
            other => return Err(Error::UnsupportedMediaType(other.to_owned())),
        };
        Ok(Self {
            fields,
            is_form: media_type.ends_with("form-data") || media_type.ends_with("urlencoded"),
            ..Self::default()
        })
    }

    /// The text called `name`, trimmed; empty if it is absent or null. What is not text is a fault.
    pub fn text(&mut self, name: &'static str) -> String {
        self.note(name, || Form::Text);
        match self.fields.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) if text.contains('\0') => {
                self.fault(
                    name,
                    "null_characters_not_allowed",
                    "Null characters are not allowed.",
                );
                String::new()
            }
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(_) => {
                self.fault(name, "invalid", "Not a valid string.");
                String::new()
            }
        }
    }

    /// As [`Body::text`], and its absence is a fault.
    pub fn required_text(&mut self, name: &'static str) -> String {
        self.note(name, || Form::Text);
        match self.fields.get(name) {
            None => self.fault(name, "required", "This field is required."),
            Some(Value::Null) => self.fault(name, "null", "This field may not be null."),
            Some(_) => return self.text(name),
        }
        String::new()
    }

    /// As [`Body::required_text`], and an empty text is a fault too.
    pub fn filled_text(&mut self, name: &'static str) -> String {
        self.note(name, || Form::Filled);
        let faults = self.faults.len();
        let text = self.required_text(name);
        if text.is_empty() && self.faults.len() == faults {
            self.fault(name, "blank", "This field may not be blank.");
        }
        text
    }

    /// Whether there is a field called `name`, null or not.
    pub fn has(&self, name: &str) -> bool {
        match &self.watched {
            None => self.fields.contains_key(name),
            Some(watched) => watched.is_full,
        }
    }

    /// Whether the field called `name` is null.
    pub fn is_null(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(Value::is_null)
    }

    /// The text called `name`, `None` if the field is absent: for changes of what is sent only.
    pub fn sent_text(&mut self, name: &'static str) -> Option<String> {
        self.has(name).then(|| self.text(name))
    }

    /// As [`Body::sent_text`], with a null told from an empty text: `Some(None)` is null.
    pub fn nullable_text(&mut self, name: &'static str) -> Option<Option<String>> {
        self.note(name, || Form::Nullable);
        match self.fields.get(name) {
            None => None,
            Some(Value::Null) => Some(None),
            Some(_) => Some(Some(self.text(name))),
        }
    }

    /// The text called `name` as it was sent, blanks and all: for passwords. `None` if it is absent or null.
    pub fn secret(&mut self, name: &'static str) -> Option<String> {
        self.note(name, || Form::Secret);
        match self.fields.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(_) => {
                self.fault(name, "invalid", "Not a valid string.");
                None
            }
        }
    }

    /// As [`Body::secret`], for changes of what is sent only: an empty text is null.
    pub fn sent_secret(&mut self, name: &'static str) -> Option<String> {
        self.has(name)
            .then(|| self.secret(name).unwrap_or_default())
    }

    /// As [`Body::secret`], and its absence is a fault, and an empty one too.
    pub fn filled_secret(&mut self, name: &'static str) -> String {
        let faults = self.faults.len();
        let secret = self.secret(name).unwrap_or_default();
        if secret.is_empty() && self.faults.len() == faults {
            match self.fields.get(name) {
                None => self.fault(name, "required", "This field is required."),
                Some(Value::Null) => self.fault(name, "null", "This field may not be null."),
                Some(_) => self.fault(name, "blank", "This field may not be blank."),
            }
        }
        secret
    }

    /// The object called `name`, `None` if it is absent or null. Anything else is a fault.
    pub fn object(&mut self, name: &'static str) -> Option<Map<String, Value>> {
        self.note(name, || Form::Object);
        match self.fields.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::Object(object)) => Some(object.clone()),
            Some(_) => {
                self.fault(name, "invalid", "Invalid data. Expected a dictionary.");
                None
            }
        }
    }

    /// The boolean called `name`, `None` if it is absent or null. Forms send it as text.
    pub fn boolean(&mut self, name: &'static str) -> Option<bool> {
        self.note(name, || Form::Flag);
        match self.fields.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::Bool(value)) => Some(*value),
            Some(Value::String(text)) if matches!(text.as_str(), "true" | "True" | "1") => {
                Some(true)
            }
            Some(Value::String(text)) if matches!(text.as_str(), "false" | "False" | "0") => {
                Some(false)
            }
            Some(_) => {
                self.fault(name, "invalid", "Must be a valid boolean.");
                None
            }
        }
    }

    /// The whole number called `name`, `None` if it is absent or null. Forms send it as text.
    pub fn integer(&mut self, name: &'static str) -> Option<i64> {
        self.note(name, || Form::Number);
        let found = match self.fields.get(name) {
            None | Some(Value::Null) => return None,
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        if found.is_none() {
            self.fault(name, "invalid", "A valid integer is required.");
        }
        found
    }

    /// The number called `name`, `None` if it is absent or null. Forms send it as text.
    pub fn decimal(&mut self, name: &'static str) -> Option<f64> {
        self.note(name, || Form::Decimal);
        let found = match self.fields.get(name) {
            None | Some(Value::Null) => return None,
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        if found.is_none() {
            self.fault(name, "invalid", "A valid number is required.");
        }
        found
    }

    /// The word called `name`, which is one of `words`, `None` if it is absent.
    pub fn choice(&mut self, name: &'static str, words: &[&'static str]) -> Option<&'static str> {
        self.note(name, || {
            Form::Word(words.iter().map(|word| (*word).to_owned()).collect())
        });
        let value = self.fields.get(name)?;
        let found = words.iter().find(|word| value == **word).copied();
        if found.is_none() {
            let said = value.as_str().map_or(value.to_string(), str::to_owned);
            self.fault(
                name,
                "invalid_choice",
                format!("\"{said}\" is not a valid choice."),
            );
        }
        found
    }

    /// The texts in the list called `name`, `None` if it is absent or null. Anything else is a fault.
    pub fn texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        self.note(name, || Form::Texts);
        let list = match self.fields.get(name) {
            None | Some(Value::Null) => return None,
            Some(Value::Array(list)) => list.clone(),
            // A form has no lists: one value is a list of one.
            Some(Value::String(text)) if self.is_form => vec![Value::String(text.clone())],
            Some(_) => {
                self.fault(name, "not_a_list", "Expected a list of items.");
                return None;
            }
        };
        let texts: Option<Vec<String>> = list
            .into_iter()
            .map(|item| match item {
                Value::String(text) => Some(text),
                _ => None,
            })
            .collect();
        if texts.is_none() {
            self.fault(name, "invalid", "Not a valid string.");
        }
        texts
    }

    /// The labels called `name`, `None` if the field is absent. Values that are no texts are a fault; null is an empty
    /// text.
    pub fn labels(&mut self, name: &'static str) -> Option<BTreeMap<String, String>> {
        self.note(name, || Form::Labels);
        if !self.has(name) {
            return None;
        }
        let mut labels = BTreeMap::new();
        for (key, value) in self.object(name)? {
            match value {
                Value::Null => labels.insert(key, String::new()),
                Value::String(value) => labels.insert(key, value),
                Value::Number(value) => labels.insert(key, value.to_string()),
                _ => {
                    self.fault(name, "invalid", "Not a valid string.");
                    None
                }
            };
        }
        Some(labels)
    }

    /// What the path called `name` is the path of: `None` if the field is absent, `Some(None)` if it is null.
    pub fn link<T>(
        &mut self,
        name: &'static str,
        read: fn(&str) -> Option<T>,
    ) -> Option<Option<T>> {
        let path = self.nullable_text(name)?;
        let Some(path) = path else {
            return Some(None);
        };
        let found = read(&path);
        if found.is_none() {
            self.fault(name, "no_match", "Invalid hyperlink - No URL match.");
        }
        Some(found)
    }

    /// As [`Body::some_links`], and its absence is a fault.
    pub fn links<T>(&mut self, name: &'static str, read: fn(&str) -> Option<T>) -> Vec<T> {
        if !self.has(name) {
            self.fault(name, "required", "This field is required.");
        }
        self.some_links(name, read)
    }

    /// What the paths in the list called `name` are the paths of; nothing if it is absent or null.
    pub fn some_links<T>(&mut self, name: &'static str, read: fn(&str) -> Option<T>) -> Vec<T> {
        let paths = self.texts(name).unwrap_or_default();
        let found: Vec<T> = paths.iter().filter_map(|path| read(path)).collect();
        if found.len() < paths.len() {
            self.fault(name, "no_match", "Invalid hyperlink - No URL match.");
        }
        found
    }

    /// Refuses fields that are not in `known`, as the pulp family does.
    pub fn only(&mut self, known: &[&str]) {
        if let Some(watched) = &mut self.watched {
            watched.known = Some(known.iter().map(|name| (*name).to_owned()).collect());
        }
        let unexpected: Vec<String> = self
            .fields
            .keys()
            .filter(|name| !known.contains(&name.as_str()))
            .cloned()
            .collect();
        for name in unexpected {
            self.faults.push(Fault::of(
                Blame::Field(name.into()),
                "unexpected",
                "Unexpected field",
            ));
        }
    }

    /// The objects in the list called `name`; none if it is absent or null. Anything else is a fault.
    pub fn objects(&mut self, name: &'static str) -> Vec<Map<String, Value>> {
        self.note(name, || Form::Objects);
        let list = match self.fields.get(name) {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(list)) => list.clone(),
            Some(_) => {
                self.fault(name, "not_a_list", "Expected a list of items.");
                return Vec::new();
            }
        };
        let mut objects = Vec::with_capacity(list.len());
        for item in list {
            match item {
                Value::Object(object) => objects.push(object),
                _ => self.fault(name, "invalid", "Invalid data. Expected a dictionary."),
            }
        }
        objects
    }

    /// Whether the list called `name`, if it is one, has no more than `most` elements. More are a fault, and nothing
    /// that should be looked at one by one.
    pub fn at_most(&mut self, name: &'static str, most: usize) -> bool {
        let list = self.fields.get(name).and_then(Value::as_array);
        let fits = list.is_none_or(|list| list.len() <= most);
        if !fits {
            let message = format!("Ensure this field has no more than {most} elements.");
            self.fault(name, "max_length", message);
        }
        fits
    }

    /// Notes what others found wrong.
    pub fn blame(&mut self, faults: Vec<Fault>) {
        self.faults.extend(faults);
    }

    /// Notes that the field called `name` is wrong.
    pub fn fault(&mut self, name: &'static str, code: &'static str, message: impl Into<String>) {
        self.faults.push(Fault::new(Some(name), code, message));
    }

    /// All faults noted so far, as one error.
    pub fn check(&mut self) -> Result<()> {
        if self.watched.is_some() {
            return Ok(());
        }
        let faults = std::mem::take(&mut self.faults);
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(faults))
        }
    }
}

/// What the reference calls the type of a value.
fn python_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

impl Takes for Body {
    fn tell(operation: &mut Operation) {
        operation.body = Some(RequestBody::Fields(Box::new(ObjectBuilder::new().into())));
    }
}

impl FromRequest for Body {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let content_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let bytes = <Bytes as FromRequest>::from_request(request, payload);
        let app = request.app_data::<Data<App>>().cloned();
        Box::pin(async move {
            let app = app.ok_or_else(|| anyhow::anyhow!("no app on the request"))?;
            let bytes = tokio::time::timeout(app.config.listen.body_timeout, bytes)
                .await
                .map_err(|_slow| Error::Malformed("The body did not come in time.".to_owned()))?;
            let bytes = bytes.map_err(|error| match error.as_error::<PayloadError>() {
                Some(PayloadError::Overflow) => Error::TooLarge {
                    limit: BODY_MAX as u64,
                    advice: "",
                },
                _ => Error::Malformed(format!("The body could not be read: {error}")),
            })?;
            Ok(Self::parse(&content_type, &bytes)?)
        })
    }
}
