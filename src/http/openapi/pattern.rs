//! Patterns of routes, as OpenAPI writes paths and what stands in them.

use utoipa::openapi::KnownFormat;
use utoipa::openapi::RefOr;
use utoipa::openapi::Required;
use utoipa::openapi::Schema;
use utoipa::openapi::SchemaFormat;
use utoipa::openapi::path::Parameter;
use utoipa::openapi::path::ParameterBuilder;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::schema::Type;

/// What `{A}` of a pattern is in the document. The same paths are below `/api/` too.
pub(super) const ROOT: &str = "/api/galaxy/";

/// A path of the document, and its parameters in the order they stand in it.
pub(super) fn read(pattern: &str) -> (String, Vec<Parameter>) {
    let (mut path, mut rest) = match pattern.strip_prefix("{A}") {
        Some(rest) => (ROOT.to_owned(), rest),
        None => (String::new(), pattern),
    };
    let mut parameters = Vec::new();
    while let Some((before, after)) = rest.split_once('{') {
        let end = closing(after);
        let (name, form) = after[..end].split_once(':').unwrap_or((&after[..end], ""));
        path.push_str(before);
        path.push('{');
        path.push_str(name);
        path.push('}');
        parameters.push(parameter(name, form));
        rest = after.get(end + 1..).unwrap_or_default();
    }
    path.push_str(rest);
    // What looks like a file is asked for like a file; both spellings are served.
    let file = path.strip_suffix('/').filter(|path| {
        [".json", ".yaml"]
            .iter()
            .any(|ending| path.ends_with(ending))
    });
    (file.map_or(path.clone(), str::to_owned), parameters)
}

/// Where the bracket that opened before `text` is closed; regular expressions have brackets too.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    let closes = |c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        depth == 0
    };
    text.find(closes).unwrap_or(text.len())
}

fn parameter(name: &str, form: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(form.contains(".+").then_some("May have slashes in it"))
        .schema(Some(schema(form)))
        .build()
}

/// What a regular expression of the table lets through.
fn schema(form: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let number = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(0));
    match form {
        "[0-9a-fA-F-]{36}" | "[0-9a-f-]{36}" => text
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
            .into(),
        "[0-9]+" | "[0-9]{1,18}" => number.into(),
        "" | ".+" | "[^/]+" => text.min_length(Some(1)).into(),
        ".*" => text.into(),
        other => text.pattern(Some(format!("^{other}$"))).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_names_where_the_pattern_has_expressions() {
        let (path, parameters) =
            read("{A}pulp/api/v3/groups/{holder:[0-9]+}/roles/{id:[0-9a-fA-F-]{36}}/");
        assert_eq!(path, "/api/galaxy/pulp/api/v3/groups/{holder}/roles/{id}/");
        let shown = serde_json::to_value(&parameters).unwrap();
        assert_eq!(shown[0]["schema"]["type"], "integer");
        assert_eq!(shown[1]["schema"]["format"], "uuid");
        let (path, parameters) = read(r"/pulp/content/{base_path:.+}/{file:[^/]+\.tar\.gz}");
        assert_eq!(path, "/pulp/content/{base_path}/{file}");
        let shown = serde_json::to_value(&parameters).unwrap();
        assert_eq!(shown[1]["schema"]["pattern"], r"^[^/]+\.tar\.gz$");
        assert_eq!(read("{A}v3/openapi.json/").0, "/api/galaxy/v3/openapi.json");
    }
}
