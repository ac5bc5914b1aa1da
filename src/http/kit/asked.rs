//! What a function reads of a query or a body, learned by running it on one that writes down what it is asked for. So
//! the description of the API lists what is read, and no second list can say otherwise.

use std::collections::BTreeSet;

use utoipa::openapi::KnownFormat;
use utoipa::openapi::RefOr;
use utoipa::openapi::Schema;
use utoipa::openapi::SchemaFormat;
use utoipa::openapi::path::Parameter;
use utoipa::openapi::path::ParameterBuilder;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::path::ParameterStyle;
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::schema::Type;

use crate::kernel::error::Blame;
use crate::kernel::error::Fault;

/// What a value may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// A text.
    Text,
    /// A text that is not empty.
    Filled,
    /// A text, or null.
    Nullable,
    /// A text that is shown nowhere.
    Secret,
    /// True or false.
    Flag,
    /// A whole number.
    Number,
    /// A number.
    Decimal,
    /// A time.
    Time,
    /// One of these words.
    Word(Vec<String>),
    /// A list of texts: in a query, the parameter comes several times.
    Texts,
    /// In a query, one text with commas.
    Commas(Box<Form>),
    /// A list of objects.
    Objects,
    /// An object.
    Object,
    /// Texts by names.
    Labels,
}

impl Form {
    /// One of the first of these pairs.
    pub fn word_of<T>(choices: &[(&str, T)]) -> Self {
        Self::Word(choices.iter().map(|(word, _)| (*word).to_owned()).collect())
    }

    fn schema(&self) -> Schema {
        let of = |kind: Type| ObjectBuilder::new().schema_type(kind);
        let known = |kind, format| of(kind).format(Some(SchemaFormat::KnownFormat(format)));
        let object = match self {
            Self::Text => of(Type::String),
            Self::Filled => of(Type::String).min_length(Some(1)),
            Self::Nullable => {
                ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            }
            Self::Secret => known(Type::String, KnownFormat::Password),
            Self::Flag => of(Type::Boolean),
            Self::Number => known(Type::Integer, KnownFormat::Int64),
            Self::Decimal => of(Type::Number),
            Self::Time => known(Type::String, KnownFormat::DateTime),
            Self::Word(words) => of(Type::String).enum_values(Some(words.clone())),
            Self::Object => of(Type::Object),
            Self::Labels => {
                let values = AdditionalProperties::RefOr(RefOr::T(Self::Text.schema()));
                of(Type::Object).additional_properties(Some(values))
            }
            Self::Texts => return list(Self::Text.schema()),
            Self::Commas(item) => return list(item.schema()),
            Self::Objects => return list(Self::Object.schema()),
        };
        object.into()
    }
}

fn list(item: Schema) -> Schema {
    ArrayBuilder::new().items(RefOr::T(item)).into()
}

/// What was asked for, in that order, each once.
#[derive(Debug, Clone, Default)]
pub struct Asked(Vec<(String, Form)>);

impl Asked {
    /// Notes a name. What was said of it first stays: getters use each other, the most telling one in front.
    pub fn note(&mut self, name: &str, form: Form) {
        if !self.0.iter().any(|(known, _)| known == name) {
            self.0.push((name.to_owned(), form));
        }
    }

    /// As parameters of a query.
    pub fn parameters(&self) -> impl Iterator<Item = Parameter> {
        self.0.iter().map(|(name, form)| {
            let parameter = ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .schema(Some(form.schema()));
            let parameter = match form {
                Form::Commas(_) => parameter
                    .style(Some(ParameterStyle::Form))
                    .explode(Some(false)),
                _ => parameter,
            };
            parameter.build()
        })
    }
}

/// A body that is looked at instead of read.
#[derive(Debug, Default)]
pub struct Watched {
    /// Whether it seems to have every field.
    pub is_full: bool,
    /// What was asked for.
    pub asked: Asked,
    /// The only fields it may have, if that is said.
    pub known: Option<Vec<String>>,
}

impl Watched {
    /// The schema of the bodies that were asked for so, when the faults of an empty one are these.
    pub fn schema(self, faults: &[Fault]) -> Schema {
        let mut object = ObjectBuilder::new().schema_type(Type::Object);
        let mut named = BTreeSet::new();
        for (name, form) in &self.asked.0 {
            object = object.property(name, form.schema());
            named.insert(name.as_str());
        }
        if let Some(known) = &self.known {
            // What may be there and is not read.
            for name in known.iter().filter(|name| !named.contains(name.as_str())) {
                let ignored = ObjectBuilder::new()
                    .schema_type(SchemaType::AnyValue)
                    .read_only(true);
                object = object.property(name, ignored);
            }
            object = object.additional_properties(Some(AdditionalProperties::FreeForm(false)));
        }
        let mut needed = BTreeSet::new();
        for fault in faults.iter().filter(|fault| fault.code == "required") {
            if let Blame::Field(name) = &fault.blame
                && needed.insert(name.as_ref())
            {
                object = object.required(name.as_ref());
            }
        }
        object.into()
    }
}

#[cfg(test)]
mod tests {
    use crate::http::kit::body::Body;
    use crate::http::kit::params::Params;

    #[test]
    fn a_body_is_described_by_what_is_read_of_it() {
        fn read(body: &mut Body) -> crate::kernel::error::Result<()> {
            body.only(&["name", "count", "is_on", "prn"]);
            body.filled_text("name");
            let _count = body.has("count").then(|| body.integer("count"));
            body.boolean("is_on");
            body.check()
        }
        let schema = serde_json::to_value(Body::schema(|body| drop(read(body)))).unwrap();
        assert_eq!(schema["required"], serde_json::json!(["name"]));
        assert_eq!(schema["properties"]["name"]["minLength"], 1);
        assert_eq!(schema["properties"]["count"]["type"], "integer");
        assert_eq!(schema["properties"]["is_on"]["type"], "boolean");
        assert_eq!(schema["properties"]["prn"]["readOnly"], true);
        assert_eq!(schema["additionalProperties"], false);
    }

    #[test]
    fn a_query_is_described_by_what_is_read_of_it() {
        let asked = Params::asked(|params| {
            let _flag = params.boolean("is_on");
            let _tags = params.list("tags");
            let _order = params.ordering(&[("name", 1), ("-name", 2)]);
        });
        let shown: Vec<_> = asked
            .parameters()
            .map(|one| serde_json::to_value(one).unwrap())
            .collect();
        assert_eq!(shown[0]["schema"]["type"], "boolean");
        assert_eq!(
            (&shown[1]["schema"]["type"], &shown[1]["explode"]),
            (&"array".into(), &false.into())
        );
        let words = serde_json::json!(["name", "-name"]);
        assert_eq!(shown[2]["schema"]["enum"], words);
    }
}
