//! Users, groups and members as `_ui/v1` and the pulp API alike read and show them.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header;
use anyhow::Context;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::accounts::groups::Group;
use crate::domain::accounts::groups::NamedGroup;
use crate::domain::accounts::groups::members::Member;
use crate::domain::accounts::groups::members::NamedUser;
use crate::domain::accounts::users::change::Change;
use crate::domain::accounts::users::change::NewPassword;
use crate::domain::accounts::users::edit;
use crate::domain::accounts::users::profiles::Profile;
use crate::http::href;
use crate::http::kit::asked::Form;
use crate::http::kit::body::Body;
use crate::http::kit::mount::Mount;
use crate::http::kit::params::Params;
use crate::kernel::error::Conflict;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::ids::GroupId;
use crate::kernel::ids::UserId;
use crate::policy::permit::Permit;
use crate::state::App;
use crate::state::blocking;

/// What a group is in names of resources that `_ui/v1` shows (contract 01 §1.7).
pub const AUTH_GROUP: &str = "auth.group";
/// What a group is in names of resources that the pulp API shows.
pub const CORE_GROUP: &str = "core.group";

/// A group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = accounts::GroupShape)]
pub struct GroupShape {
    name: String,
    pulp_href: String,
    prn: String,
    id: GroupId,
}

impl GroupShape {
    /// The group; `kind` is [`AUTH_GROUP`] or [`CORE_GROUP`].
    pub fn new(Group { id, name }: Group, mount: &Mount, kind: &str) -> Self {
        Self {
            name,
            pulp_href: href::group(mount, id),
            prn: format!("prn:{kind}:{}", id.0),
            id,
        }
    }

    /// The answer to its creation.
    pub fn created(self) -> HttpResponse {
        HttpResponse::Created()
            .insert_header((header::LOCATION, self.pulp_href.as_str()))
            .json(self)
    }
}

/// A user in a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberShape {
    username: String,
    pulp_href: String,
    prn: String,
}

impl MemberShape {
    /// The user.
    pub fn new(Member { id, username }: Member, mount: &Mount) -> Self {
        Self {
            username,
            pulp_href: href::user(mount, id),
            prn: format!("prn:galaxy.user:{}", id.0),
        }
    }
}

/// The name of a group, a team or an organization, which must be there.
pub fn name(body: &mut Body) -> Result<String> {
    let name = body.filled_text("name");
    body.check()?;
    Ok(name)
}

/// As [`name`], where nothing changes without one.
pub fn sent_name(body: &mut Body) -> Result<Option<String>> {
    body.has("name").then(|| name(body)).transpose()
}

/// The user a body names by `username`, `id` or `pk`.
pub fn named_user(body: &mut Body) -> Result<NamedUser> {
    let id = body.integer("id").or(body.integer("pk"));
    let username = body.sent_text("username").filter(|name| !name.is_empty());
    body.check()?;
    Ok(NamedUser { id, username })
}

/// The fields of a user that every family has; what is wrong with them is noted in `body`.
/// A password that is empty stays as it is.
pub fn change(body: &mut Body) -> Change {
    refuse_null(body, &["username", "first_name", "last_name", "email"]);
    let password = body.secret("password").filter(|text| !text.is_empty());
    Change {
        username: body.sent_text("username"),
        first_name: body.sent_text("first_name"),
        last_name: body.sent_text("last_name"),
        email: body.sent_text("email"),
        password: password.map(NewPassword::Chosen),
        ..Change::default()
    }
}

/// Notes which of these fields are null: none of a user's can be, except where a family gives it a meaning.
pub fn refuse_null(body: &mut Body, fields: &[&'static str]) {
    for field in fields {
        if body.is_null(field) {
            body.fault(field, "null", "This field may not be null.");
        }
    }
}

/// Notes that the name is missing, if it is. That it is empty is told with what else is wrong with it.
pub fn require_username(body: &mut Body) {
    if !body.has("username") {
        body.fault("username", "required", "This field is required.");
    }
}

/// The groups of a user, as [`named`].
pub fn groups(body: &mut Body) -> Option<Vec<NamedGroup>> {
    named(body, "groups", "Invalid group name or ID")
}

/// Most groups that a user is said to be in at once: all are looked up while everybody else waits to write.
const NAMED_MAX: usize = 1000;

/// The list called `field`: objects with an `id`, a `name`, or both; what else is in them does not count.
pub fn named(
    body: &mut Body,
    field: &'static str,
    refusal: &'static str,
) -> Option<Vec<NamedGroup>> {
    if !body.has(field) {
        return None;
    }
    if !body.at_most(field, NAMED_MAX) {
        return None;
    }
    refuse_null(body, &[field]);
    let objects = body.objects(field);
    let named: Option<Vec<NamedGroup>> = objects.iter().map(named_group).collect();
    if named.is_none() {
        body.fault(field, "invalid", refusal);
    }
    named
}

/// A group's name that is taken is a wrong value in the families of the framework, not a conflict.
pub fn unique(error: Error) -> Error {
    match error {
        Error::Conflict(Conflict::GroupExists(_)) => {
            Error::invalid("name", "unique", "This field must be unique.")
        }
        other => other,
    }
}

fn named_group(fields: &Map<String, Value>) -> Option<NamedGroup> {
    let given = |name| fields.get(name).filter(|value| !value.is_null());
    let id = given("id").map(|id| match id {
        Value::String(text) => text.parse().ok(),
        id => id.as_i64(),
    });
    let name = given("name").map(|name| name.as_str().map(str::to_owned));
    Some(NamedGroup {
        id: match id {
            Some(id) => Some(id?),
            None => None,
        },
        name: match name {
            Some(name) => Some(name?),
            None => None,
        },
    })
}

/// The number called `name` in a query.
pub fn number(params: &Params, name: &'static str) -> Result<Option<i64>> {
    params.note(name, || Form::Number);
    let text = params.last(name);
    text.map(|text| {
        text.parse()
            .map_err(|_error| Error::invalid(name, "invalid", "Enter a number."))
    })
    .transpose()
}

/// [`edit::create`] off the reactor, in a turn of those who check passwords.
pub async fn create(app: &App, permit: Permit, change: Change) -> Result<Profile> {
    let minimum = app.config.access.minimum_password_length;
    let _turn = app
        .password_turns
        .acquire()
        .await
        .context("the server is going down")?;
    let (db, verified) = (Arc::clone(&app.db), Arc::clone(&app.verified));
    blocking(move || edit::create((&db, &verified), &permit, &change, minimum)).await
}

/// [`edit::update`] likewise.
pub async fn update(app: &App, permit: Permit, id: UserId, change: Change) -> Result<Profile> {
    let minimum = app.config.access.minimum_password_length;
    let _turn = match change.password {
        Some(_) => Some(
            app.password_turns
                .acquire()
                .await
                .context("the server is going down")?,
        ),
        None => None,
    };
    let (db, verified) = (Arc::clone(&app.db), Arc::clone(&app.verified));
    blocking(move || edit::update((&db, &verified), &permit, id, &change, minimum)).await
}
