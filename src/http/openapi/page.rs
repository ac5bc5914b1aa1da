//! The document as a page for people: HTML that needs no script, no other file and no other host.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Map;
use serde_json::Value;
use sha2::Digest;
use sha2::Sha256;

const STYLE: &str = include_str!("page.css");

/// What the page may load: nothing but the style that is in it.
pub(super) fn policy() -> String {
    let digest = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
}

/// The page.
pub(super) fn write(document: &Value) -> String {
    let info = &document["info"];
    let (title, about) = (text(&info["title"]), prose(&info["description"]));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>API of {title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>API of {title} {}</h1>\n<p>{about}</p>\n",
        text(&info["version"])
    );
    let tags = list(&document["tags"]);
    page.push_str("<nav aria-label=\"Parts\">\n<ul>\n");
    for tag in tags {
        let name = text(&tag["name"]);
        line(
            &mut page,
            format_args!("<li><a href=\"#{}\">{name}</a></li>", anchor(&name)),
        );
    }
    page.push_str("<li><a href=\"#schemas\">schemas</a></li>\n</ul>\n</nav>\n");
    for tag in tags {
        part(&mut page, document, tag);
    }
    page.push_str("<section>\n<h2 id=\"schemas\">schemas</h2>\n");
    for (name, schema) in fields(&document["components"]["schemas"]) {
        let name = escape(name);
        line(
            &mut page,
            format_args!("<details id=\"schema-{name}\"><summary><code>{name}</code></summary>"),
        );
        line(
            &mut page,
            format_args!("<p>{}</p>", prose(&schema["description"])),
        );
        properties(&mut page, schema);
        page.push_str("</details>\n");
    }
    page.push_str("</section>\n</main>\n</body>\n</html>\n");
    page
}

/// All operations of a family.
fn part(page: &mut String, document: &Value, tag: &Value) {
    let name = text(&tag["name"]);
    line(
        page,
        format_args!("<section>\n<h2 id=\"{}\">{name}</h2>", anchor(&name)),
    );
    line(page, format_args!("<p>{}</p>", prose(&tag["description"])));
    for (path, item) in fields(&document["paths"]) {
        for method in ["get", "post", "put", "patch", "delete"] {
            let operation = &item[method];
            if operation["tags"][0] == tag["name"] {
                show(page, method, path, operation);
            }
        }
    }
    page.push_str("</section>\n");
}

fn show(page: &mut String, method: &str, path: &str, operation: &Value) {
    let class = if operation["deprecated"] == true {
        " class=\"refused\""
    } else {
        ""
    };
    let method = method.to_ascii_uppercase();
    line(
        page,
        format_args!(
            "<details{class}><summary><b>{method}</b> <code>{}</code> {}</summary>",
            escape(path),
            prose(&operation["summary"])
        ),
    );
    line(
        page,
        format_args!("<p>{}</p>", prose(&operation["description"])),
    );
    let parameters = list(&operation["parameters"]);
    if !parameters.is_empty() {
        page.push_str("<table><caption>Parameters</caption>\n");
        for parameter in parameters {
            let name = format!(
                "{} <small>{}</small>",
                code(&parameter["name"]),
                text(&parameter["in"])
            );
            row(
                page,
                &[
                    &name,
                    &kind(&parameter["schema"]),
                    &prose(&parameter["description"]),
                ],
            );
        }
        page.push_str("</table>\n");
    }
    for (media, content) in fields(&operation["requestBody"]["content"]) {
        line(
            page,
            format_args!(
                "<p>Body as <code>{}</code>: {}</p>",
                escape(media),
                kind(&content["schema"])
            ),
        );
        properties(page, &content["schema"]);
    }
    page.push_str("<table><caption>Answers</caption>\n");
    for (status, answer) in fields(&operation["responses"]) {
        let shapes: Vec<String> = fields(&answer["content"])
            .map(|(media, content)| {
                format!(
                    "<code>{}</code> {}",
                    escape(media),
                    kind(&content["schema"])
                )
            })
            .collect();
        row(
            page,
            &[
                &escape(status),
                &prose(&answer["description"]),
                &shapes.join("<br>"),
            ],
        );
    }
    page.push_str("</table>\n</details>\n");
}

/// The properties of an object, if it has any.
fn properties(page: &mut String, schema: &Value) {
    let mut known = fields(&schema["properties"]).peekable();
    if known.peek().is_none() {
        line(page, format_args!("<p>{}</p>", kind(schema)));
        return;
    }
    let required = list(&schema["required"]);
    page.push_str("<table><caption>Properties</caption>\n");
    for (name, property) in known {
        let is_required = required.iter().any(|one| one == name);
        let name = format!("<code>{}</code>", escape(name));
        let needed = if is_required { "always there" } else { "" };
        row(
            page,
            &[
                &name,
                &kind(property),
                needed,
                &prose(&property["description"]),
            ],
        );
    }
    page.push_str("</table>\n");
}

/// What a schema lets through, in a few words.
fn kind(schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str() {
        let name = escape(target.rsplit('/').next().unwrap_or_default());
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    for (key, word) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
        let parts: Vec<String> = list(&schema[key]).iter().map(kind).collect();
        if !parts.is_empty() {
            return parts.join(word) + nullable(schema);
        }
    }
    let words = match schema["type"].as_str() {
        Some("array") => format!("list of {}", kind(&schema["items"])),
        Some(name) => match schema["format"].as_str().or(schema["pattern"].as_str()) {
            Some(form) => format!("{} ({})", escape(name), escape(form)),
            None => escape(name),
        },
        None => "anything".to_owned(),
    };
    let choices: Vec<String> = list(&schema["enum"])
        .iter()
        .map(|choice| escape(&choice.to_string()))
        .collect();
    let choices = if choices.is_empty() {
        String::new()
    } else {
        format!(": {}", choices.join(", "))
    };
    words + &choices + nullable(schema)
}

fn nullable(schema: &Value) -> &'static str {
    if schema["nullable"] == true {
        " or null"
    } else {
        ""
    }
}

fn row(page: &mut String, cells: &[&str]) {
    page.push_str("<tr>");
    for (at, cell) in cells.iter().enumerate() {
        let tag = if at == 0 { "th scope=\"row\"" } else { "td" };
        line(page, format_args!("<{tag}>{cell}</{}>", &tag[..2]));
    }
    page.push_str("</tr>\n");
}

fn line(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a text cannot fail.
    let _written = writeln!(page, "{text}");
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

fn code(value: &Value) -> String {
    format!("<code>{}</code>", text(value))
}

/// A text with code in backticks.
fn prose(value: &Value) -> String {
    let parts = value.as_str().unwrap_or_default().split('`').enumerate();
    parts
        .map(|(at, part)| match at % 2 {
            0 => escape(part),
            _ => format!("<code>{}</code>", escape(part)),
        })
        .collect()
}

fn anchor(name: &str) -> String {
    name.replace([' ', '/'], "-")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::openapi::document;

    #[test]
    fn the_page_shows_every_operation_and_loads_nothing() {
        let document = document::write();
        let page = write(&document);
        let operations = document["paths"].as_object().unwrap().values();
        let operations: usize = operations.map(|item| item.as_object().unwrap().len()).sum();
        assert_eq!(page.matches("<summary><b>").count(), operations);
        for foreign in ["<script", "src=", "http://", "https://", "@import", "url("] {
            assert!(!page.contains(foreign), "{foreign}");
        }
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for rest in page.split("href=\"#schema-").skip(1) {
            let name = &rest[..rest.find('"').unwrap()];
            assert!(schemas.contains_key(name), "{name}");
        }
    }

    #[test]
    fn what_is_shown_is_text() {
        let schema = serde_json::json!({"type": "string", "pattern": "^<b>&\"$"});
        assert_eq!(kind(&schema), "string (^&lt;b&gt;&amp;&quot;$)");
        assert_eq!(prose(&"a `<b>` c".into()), "a <code>&lt;b&gt;</code> c");
    }
}
