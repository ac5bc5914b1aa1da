//! Named API tokens of the caller, beside the one token of the reference's endpoint: as many as there are programs,
//! each ending by itself and reaching no further than it must.

use actix_web::http::StatusCode;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::accounts::tokens;
use crate::domain::accounts::tokens::Listed;
use crate::domain::accounts::tokens::NewToken;
use crate::domain::audit;
use crate::domain::repositories::reach;
use crate::domain::repositories::reach::Wanted;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::routes::post;
use crate::kernel::clock::Timestamp;
use crate::kernel::ids::TokenId;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::reach::Reach;
use crate::state::App;

/// The routes of this file. An id that is no number is no route.
pub fn routes(r: &mut Routes) {
    r.api(
        "/v3/auth/tokens/",
        [
            get(Action::TokenList, list),
            post(Action::TokenIssue, issue)
                .creates::<Token>()
                .body(|body| read(body, Timestamp(0))),
        ],
    );
    r.api(
        "/v3/auth/tokens/{id:[0-9]{1,18}}/",
        [delete(Action::TokenRevoke, revoke).empty(StatusCode::NO_CONTENT)],
    );
}

/// A token as its user sees it. The one of the reference's endpoint has an empty name.
#[derive(Serialize, ToSchema)]
#[schema(as = v3::tokens::Token)]
struct Token {
    id: TokenId,
    name: String,
    reach: Scope,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    used_at: Option<Timestamp>,
    /// In the answer that made it, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// What a token is limited to.
#[derive(Serialize, ToSchema)]
struct Scope {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<String>,
}

impl Token {
    fn new(listed: Listed, lifetime: Option<Duration>, token: Option<String>) -> Self {
        let (kind, namespace, repository) = match listed.reach {
            Reach::Full => ("full", None, None),
            Reach::Read => ("read", None, None),
            Reach::Publish(_) => ("publish", listed.target, None),
            Reach::Repository(_) => ("repository", None, listed.target),
        };
        Self {
            id: listed.id,
            name: listed.name,
            reach: Scope {
                kind,
                namespace,
                repository,
            },
            created_at: listed.created_at,
            expires_at: tokens::end_of(listed.created_at, listed.expires_at, lifetime),
            used_at: listed.used_at,
            token,
        }
    }
}

async fn list(
    app: Data<App>,
    mount: Mount,
    permit: ReqData<Permit>,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<Token>>> {
    let user = permit.account()?.id;
    let found = app.read(move |tx| tokens::list(tx, user, page.0)).await?;
    let found = found.map(|listed| Token::new(listed, app.token_lifetime(), None));
    Ok(Json(Paged::new(found, &mount, &params)))
}

/// Answers with the text of the token, which nobody can ask for again.
async fn issue(app: Data<App>, permit: ReqData<Permit>, mut body: Body) -> Answer<HttpResponse> {
    let (mut new, wanted) = read(&mut body, app.clock.now());
    body.check()?;
    let permit = permit.into_inner();
    let (listed, text) = app
        .write(move |tx| {
            let account = permit.account()?;
            new.reach = reach::resolve(tx, &wanted, Some(&account.grants))?;
            let (id, text) = tokens::issue(tx, account.id, &new)?;
            let object = format!("token {} of {}", new.name, account.username);
            audit::record_with(tx, &permit, object, wanted.to_string())?;
            Ok((tokens::get(tx, account.id, id)?, text))
        })
        .await?;
    let shape = Token::new(listed, app.token_lifetime(), Some(text));
    Ok(HttpResponse::Created().json(shape))
}

/// The fields of a new token; what is wrong with them is noted in `body`.
fn read(body: &mut Body, now: Timestamp) -> (NewToken, Wanted) {
    let name = body.filled_text("name");
    let end = body.sent_text("expires_at").filter(|text| !text.is_empty());
    let mut expires_at = end.as_deref().and_then(Timestamp::parse);
    if end.is_some() && expires_at.is_none() {
        let message = "Datetime has wrong format. Write it as 2030-01-31T12:00:00Z.";
        body.fault("expires_at", "invalid", message);
    }
    if let Some(seconds) = body.integer("expires_in") {
        // 32 bits of seconds are 136 years, and cannot overflow a timestamp.
        match u32::try_from(seconds) {
            _ if end.is_some() => body.fault(
                "expires_in",
                "invalid",
                "Give an end or a time to it, not both.",
            ),
            Ok(seconds @ 1..) => {
                expires_at = Some(now.after(Duration::from_secs(u64::from(seconds))));
            }
            _ => body.fault(
                "expires_in",
                "invalid",
                "Give a number of seconds from 1 up.",
            ),
        }
    }
    let scope = body.object("scope");
    let wanted = scope.map_or(Ok(Wanted::Full), |scope| read_scope(&scope));
    let wanted = wanted.unwrap_or_else(|message| {
        body.fault("scope", "invalid", message);
        Wanted::Read
    });
    let new = NewToken {
        name,
        expires_at,
        reach: Reach::Read,
    };
    (new, wanted)
}

/// A scope says what it is, and of what if it needs one: nothing is guessed, for the guess could reach further.
fn read_scope(scope: &Map<String, Value>) -> Result<Wanted, &'static str> {
    let text = |name| match scope.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err("kind, namespace and repository are texts."),
    };
    if scope
        .keys()
        .any(|key| !matches!(key.as_str(), "kind" | "namespace" | "repository"))
    {
        return Err("A scope has kind, namespace and repository, and nothing else.");
    }
    match (text("kind")?, text("namespace")?, text("repository")?) {
        (Some("full"), None, None) => Ok(Wanted::Full),
        (Some("read"), None, None) => Ok(Wanted::Read),
        (Some("publish"), Some(name), None) => Ok(Wanted::Publish(name.to_owned())),
        (Some("repository"), None, Some(name)) => Ok(Wanted::Repository(name.to_owned())),
        (Some("full" | "read"), ..) => {
            Err("The kinds full and read have no namespace or repository.")
        }
        (Some("publish"), ..) => Err("The kind publish needs a namespace, and nothing else."),
        (Some("repository"), ..) => {
            Err("The kind repository needs a repository, and nothing else.")
        }
        _ => Err("The kind is one of full, read, publish and repository."),
    }
}

async fn revoke(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<TokenId>,
) -> Answer<HttpResponse> {
    let (permit, id) = (permit.into_inner(), id.into_inner());
    app.write(move |tx| {
        let account = permit.account()?;
        let name = tokens::get(tx, account.id, id)?.name;
        tokens::revoke_one(tx, account.id, id)?;
        audit::record(tx, &permit, format!("token {name} of {}", account.username))
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
