//! The document: every route of the table, and nothing else.

use std::collections::BTreeSet;

use actix_web::http::Method;
use actix_web::http::StatusCode;
use serde_json::Value;
use utoipa::openapi::ComponentsBuilder;
use utoipa::openapi::ContentBuilder;
use utoipa::openapi::Deprecated;
use utoipa::openapi::HttpMethod;
use utoipa::openapi::InfoBuilder;
use utoipa::openapi::LicenseBuilder;
use utoipa::openapi::OpenApiBuilder;
use utoipa::openapi::PathItem;
use utoipa::openapi::PathsBuilder;
use utoipa::openapi::RefOr;
use utoipa::openapi::Response;
use utoipa::openapi::ResponseBuilder;
use utoipa::openapi::Schema;
use utoipa::openapi::path::OperationBuilder;
use utoipa::openapi::request_body;
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::schema::Type;
use utoipa::openapi::tag::TagBuilder;

use crate::http;
use crate::http::kit::mount::Family;
use crate::http::kit::operation::Operation;
use crate::http::kit::operation::RequestBody;
use crate::http::kit::routes::Line;
use crate::http::openapi::failures;
use crate::http::openapi::pattern;
use crate::http::openapi::security;
use crate::http::openapi::version;
use crate::policy::rule::Door;
use crate::policy::rule::rule;

/// What is said of the whole.
const ABOUT: &str = "A private Ansible Galaxy. Every path below `/api/galaxy/` is also below `/api/`, and every path \
    below `/api/galaxy/v3/` is also below `/api/galaxy/content/{base_path}/v3/`, about that distribution. `GET` stands \
    for `HEAD` too.";

/// The families, in the order of the table: where their paths begin, their name, and what it means.
const FAMILIES: [(&str, &str, &str); 7] = [
    ("{A}v3/", "v3", "What `ansible-galaxy` and mirrors speak"),
    (
        "{A}pulp/",
        "pulp",
        "Repositories, distributions, content, tasks, roles",
    ),
    ("{A}_ui/v1/", "ui/v1", "The web interface"),
    (
        "{A}_ui/v2/",
        "ui/v2",
        "The platform's view of users and roles",
    ),
    (
        "/login/",
        "single sign-on",
        "The way to a provider and back",
    ),
    (
        "/complete/",
        "single sign-on",
        "The way to a provider and back",
    ),
    ("", "operation", "Where things are, and whether they are up"),
];

/// The document, in OpenAPI 3.0.3.
pub(super) fn write() -> Value {
    let routes = http::routes();
    let mut names = Names::default();
    let mut paths = PathsBuilder::new();
    let mut schemas = failures::schemas();
    for line in routes.lines() {
        let (path, _) = pattern::read(&line.pattern);
        let mut known = line.operation();
        schemas.append(&mut known.schemas);
        let item = PathItem::new(method(&line.method), operation(line, known, &mut names));
        paths = paths.path(path, item);
    }
    let mut components = ComponentsBuilder::new().schemas_from_iter(schemas);
    for (name, scheme) in security::schemes() {
        components = components.security_scheme(name, scheme);
    }
    let info = InfoBuilder::new()
        .title("Pocket Galaxy")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(
            LicenseBuilder::new()
                .name(env!("CARGO_PKG_LICENSE"))
                .build(),
        ));
    let document = OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(components.build()))
        .tags(Some(tags()))
        .build();
    // Plain data: a failure would be one of the program, and the tests would show it.
    let mut document = serde_json::to_value(&document).unwrap_or_default();
    version::lower(&mut document);
    forget_types(&mut document);
    document
}

/// What is said of a type is for the readers of its code; what is said of a property is for everybody.
fn forget_types(document: &mut Value) {
    let schemas = document["components"]["schemas"].as_object_mut();
    for schema in schemas.into_iter().flatten() {
        if let Some(schema) = schema.1.as_object_mut() {
            schema.remove("description");
        }
    }
}

fn tags() -> Vec<utoipa::openapi::Tag> {
    let mut seen = BTreeSet::new();
    FAMILIES
        .iter()
        .filter(|(_, name, _)| seen.insert(*name))
        .map(|(_, name, about)| {
            TagBuilder::new()
                .name(*name)
                .description(Some(*about))
                .build()
        })
        .collect()
}

fn method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn operation(line: &Line, known: Operation, names: &mut Names) -> OperationBuilder {
    let rule = rule(line.action);
    let (_, parameters) = pattern::read(&line.pattern);
    let family = match line.pattern.strip_prefix("{A}") {
        Some(rest) => Family::below_root(rest),
        None => Family::beside_roots(&line.pattern),
    };
    let tag = FAMILIES
        .iter()
        .find(|(beginning, ..)| line.pattern.starts_with(beginning));
    let mut operation = OperationBuilder::new()
        .operation_id(Some(names.name(line)))
        .summary(Some(line.action.meaning().trim_end_matches('.')))
        .tag(tag.map_or("", |(_, name, _)| name))
        .securities(Some(security::requirements(rule)))
        .description(security::about(rule))
        .deprecated((rule.door == Door::Nobody).then_some(Deprecated::True));
    if rule.door != Door::Nobody {
        for (status, answer) in successes(&known) {
            operation = operation.response(status, answer);
        }
    }
    for (status, response) in
        failures::responses(line.action, family, &known, !parameters.is_empty())
    {
        operation = operation.response(status, response);
    }
    for parameter in parameters.into_iter().chain(known.query) {
        operation = operation.parameter(parameter);
    }
    operation.request_body(known.body.map(body))
}

/// The answers when all is well; any, where nothing more is known.
fn successes(known: &Operation) -> Vec<(String, Response)> {
    if known.answers.is_empty() {
        return vec![("2XX".to_owned(), Response::new("All is well."))];
    }
    let answer = |(status, schema): &(StatusCode, Option<RefOr<Schema>>)| {
        let response =
            ResponseBuilder::new().description(status.canonical_reason().unwrap_or_default());
        let response = match schema {
            Some(schema) => {
                let content = ContentBuilder::new().schema(Some(schema.clone())).build();
                response.content("application/json", content)
            }
            None => response,
        };
        (status.as_u16().to_string(), response.build())
    };
    known.answers.iter().map(answer).collect()
}

fn body(body: RequestBody) -> request_body::RequestBody {
    let of = |schema: Schema| ContentBuilder::new().schema(Some(schema)).build();
    match body {
        RequestBody::Fields(schema) => RequestBodyBuilder::new()
            .content("application/json", of(*schema.clone()))
            .content("application/x-www-form-urlencoded", of(*schema.clone()))
            .content("multipart/form-data", of(*schema)),
        RequestBody::File => {
            let file = ObjectBuilder::new()
                .property("file", binary())
                .property("sha256", ObjectBuilder::new().schema_type(Type::String))
                .required("file");
            RequestBodyBuilder::new().content("multipart/form-data", of(file.into()))
        }
    }
    .build()
}

fn binary() -> ObjectBuilder {
    use utoipa::openapi::KnownFormat;
    use utoipa::openapi::SchemaFormat;
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
}

/// The names of operations: the function that answers; and where it answers, if it does so in several places.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn name(&mut self, line: &Line) -> String {
        let handler = line.handler.replace("pocket_galaxy::", "");
        let handler = handler.strip_prefix("http::").unwrap_or(&handler);
        let name = word(handler);
        let name = if self.0.contains(&name) {
            let (path, _) = pattern::read(&line.pattern);
            let method = line.method.as_str().to_ascii_lowercase();
            format!(
                "{name}_by_{method}_{}",
                word(path.strip_prefix(pattern::ROOT).unwrap_or(&path))
            )
        } else {
            name
        };
        self.0.insert(name.clone());
        name
    }
}

/// A text as one word that every language takes for a name.
fn word(text: &str) -> String {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric());
    parts
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_route_is_in_the_document_and_nothing_else_is() {
        let document = write();
        let mut there = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                there.insert(format!("{} {path}", method.to_ascii_uppercase()));
            }
        }
        let routes = http::routes();
        let routes: BTreeSet<String> = routes
            .lines()
            .iter()
            .map(|line| format!("{} {}", line.method, pattern::read(&line.pattern).0))
            .collect();
        assert_eq!(there, routes);
        assert!(routes.len() > 150, "{}", routes.len());
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let document = write();
        let items = document["paths"].as_object().unwrap().values();
        let operations = items.flat_map(|item| item.as_object().unwrap().values());
        let mut seen = BTreeSet::new();
        for operation in operations {
            let name = operation["operationId"].as_str().unwrap();
            assert!(seen.insert(name.to_owned()), "{name}");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{name}");
            assert!(!operation["tags"][0].as_str().unwrap().is_empty(), "{name}");
        }
    }

    #[test]
    fn what_a_route_reads_is_described() {
        let routes = http::routes();
        let is_silent = |line: &&Line| {
            let known = line.operation();
            let reads_fields = match &known.body {
                Some(RequestBody::Fields(schema)) => {
                    let schema = serde_json::to_value(schema).unwrap();
                    schema["properties"].is_object()
                }
                Some(RequestBody::File) | None => true,
            };
            !reads_fields || (known.has_query && known.query.is_empty())
        };
        let silent: Vec<String> = routes
            .lines()
            .iter()
            .filter(is_silent)
            .map(Line::to_string)
            .collect();
        // Give the route the function that reads: `get(…).query(filter)`, `post(…).body(whole)`.
        assert!(silent.is_empty(), "{}", silent.join("\n"));
    }

    #[test]
    fn a_name_stands_for_one_schema() {
        let mut known = failures::schemas();
        for line in http::routes().lines() {
            known.append(&mut line.operation().schemas);
        }
        let mut seen = BTreeMap::new();
        for (name, schema) in known {
            let schema = serde_json::to_value(&schema).unwrap();
            let first = seen.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*first, schema, "{name}");
        }
    }

    #[test]
    fn what_is_referred_to_is_there() {
        let document = write();
        let text = document.to_string();
        let mut found = 0;
        for rest in text.split("\"$ref\":\"#").skip(1) {
            let pointer = &rest[..rest.find('"').unwrap()];
            assert!(document.pointer(pointer).is_some(), "{pointer}");
            found += 1;
        }
        assert!(found > 300, "{found}");
    }
}
