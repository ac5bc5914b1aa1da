//! What of a namespace is sent: to make one, or to change one.

use serde_json::Map;
use serde_json::Value;

use crate::domain::namespaces::Link;
use crate::domain::namespaces::edit::Draft;
use crate::domain::namespaces::owners::Named;
use crate::domain::namespaces::owners::Wanted;
use crate::http::kit::body::Body;
use crate::kernel::error::Result;

/// All of a namespace: the name must be there.
pub(super) fn whole(body: &mut Body) -> Result<Draft> {
    body.required_text("name");
    parts(body)
}

/// What of a namespace is sent. Fails with everything that is wrong with its form.
pub(super) fn parts(body: &mut Body) -> Result<Draft> {
    let mut owners = |field: &'static str| {
        if !body.has(field) {
            return None;
        }
        let mut wanted = Vec::new();
        for holder in body.objects(field) {
            match read_owner(field, &holder) {
                Ok(owner) => wanted.push(owner),
                Err(message) => body.fault(field, "invalid", message),
            }
        }
        Some(wanted)
    };
    let (groups, users) = (owners("groups"), owners("users"));
    let draft = Draft {
        name: body.sent_text("name"),
        company: body.sent_text("company"),
        email: body.sent_text("email"),
        description: body.sent_text("description"),
        resources: body.sent_text("resources"),
        avatar_url: body.sent_text("avatar_url"),
        links: body
            .has("links")
            .then(|| body.objects("links").iter().map(link).collect()),
        groups,
        users,
    };
    body.check()?;
    Ok(draft)
}

fn link(fields: &Map<String, Value>) -> Link {
    let text = |name| {
        fields
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Link {
        name: text("name"),
        url: text("url"),
    }
}

/// One entry of `groups` or `users`. `object_permissions` is the old word for `object_roles`.
fn read_owner(
    field: &str,
    fields: &Map<String, Value>,
) -> std::result::Result<Wanted, &'static str> {
    let roles = fields
        .get("object_roles")
        .or_else(|| fields.get("object_permissions"));
    let roles = roles
        .ok_or("object_roles field is required")?
        .as_array()
        .ok_or("object_roles must be a list")?;
    let roles: Option<Vec<String>> = roles
        .iter()
        .map(|role| role.as_str().map(str::to_owned))
        .collect();
    let text = |name| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let id = fields.get("id").and_then(Value::as_i64);
    let holder = match field {
        _ if id.is_none() && text("name").is_none() && text("username").is_none() => {
            return Err("id or name field is required");
        }
        "groups" => Named::Group {
            id,
            name: text("name"),
        },
        _ => Named::User {
            id,
            username: text("username").or_else(|| text("name")),
        },
    };
    Ok(Wanted {
        holder,
        roles: roles.ok_or("object_roles must be a list of role names")?,
    })
}
