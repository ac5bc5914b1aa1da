//! Single sign-on: to the provider and back (contract 04, PLT-5).
//!
//! ```text
//! GET /login/oidc/?next=…       start     → 302 to the provider, with a cookie that seals the attempt
//! GET /complete/oidc/?code=…    complete  → the provider's word is checked, 302 to `next` with a session
//! ```

mod attempt;

use actix_web::http::StatusCode;
use std::net::IpAddr;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::http::header::HeaderValue;
use actix_web::web::Data;
use actix_web::web::ReqData;

use crate::domain::accounts::signing_in::by_provider;
use crate::domain::accounts::signing_in::by_provider::Verdict;
use crate::domain::accounts::signing_in::by_provider::Welcome;
use crate::domain::accounts::signing_in::sessions;
use crate::domain::accounts::signing_in::sessions::Browser;
use crate::domain::accounts::signing_in::sessions::Lifetime;
use crate::domain::audit;
use crate::domain::audit::Actor;
use crate::domain::audit::Entry;
use crate::domain::audit::Outcome;
use crate::http::kit::cookie;
use crate::http::kit::csrf;
use crate::http::kit::failure::Answer;
use crate::http::kit::failure::Failure;
use crate::http::kit::origin::Origin;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::sso::attempt::Journey;
use crate::kernel::error::Error;
use crate::kernel::error::Noun;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::principal::Via;
use crate::state::App;
use crate::upstream::openid::Person;
use crate::upstream::openid::Provider;
use crate::upstream::openid::Trouble;

/// The path the provider sends browsers back to; it must be told that.
const BACK: &str = "/complete/oidc/";
/// How long somebody stays signed in at most. A working day, because only signing in again tells what the provider has
/// taken.
const LIFETIME_MAX: Duration = Duration::from_secs(12 * 3600);

/// The routes of this family.
pub fn routes(r: &mut Routes) {
    // The first two are links of the reference's web interface.
    for path in ["/login/", "/login/keycloak/", "/login/oidc/"] {
        r.path(
            path,
            [get(Action::SingleSignOn, start)
                .empty(StatusCode::FOUND)
                .query(next)],
        );
    }
    r.path(
        BACK,
        [get(Action::SingleSignOn, complete)
            .empty(StatusCode::FOUND)
            .query(sent)],
    );
}

/// Where the browser goes when it is signed in.
fn next(params: &Params) -> String {
    attempt::place(params.last("next")).to_owned()
}

/// Whether a provider sent anything, in the parameters that it knows.
fn sent(params: &Params) -> bool {
    let sent = ["state", "code", "iss", "error"].map(|name| params.last(name));
    sent.iter().any(Option::is_some)
}

/// Sends the browser to the provider.
async fn start(
    app: Data<App>,
    request: HttpRequest,
    params: Params,
    origin: Origin,
) -> Answer<HttpResponse> {
    let provider = provider(&app)?;
    let next = next(&params);
    let journey = Journey::begin(&app.signing_key(), &next, app.clock.now())?;
    let url = provider
        .start(&back(&origin), &journey.attempt)
        .await
        .map_err(troubled)?;
    let cookie = journey.cookie().set(&app, &request);
    Ok(onward(url.as_str(), cookie))
}

/// Takes the browser back from the provider and signs in whom it vouches for.
async fn complete(
    app: Data<App>,
    request: HttpRequest,
    permit: ReqData<Permit>,
    params: Params,
    origin: Origin,
) -> Answer<HttpResponse> {
    let provider = provider(&app)?;
    let journey = resumed(&app, provider, &request, &params)?;
    let address = permit.address();
    let person = match vouched(provider, &journey, &params, &origin).await {
        Ok(person) => person,
        Err(Failure(error)) => {
            if let Error::Denied(why) = &error
                && provider.may_note_refusal()
            {
                note_refusal(&app, address, why.clone()).await?;
            }
            return Err(Failure(error));
        }
    };
    let before = cookie::read(&request, cookie::SESSION).map(str::to_owned);
    let browser = Browser {
        address,
        user_agent: user_agent(&request),
    };
    let lifetime = Lifetime {
        length: LIFETIME_MAX.min(app.config.access.session_age),
        slides: false,
    };
    let settings = provider.settings().clone();
    let done = app
        .write(move |tx| {
            let verdict = by_provider::sign_on(tx, &person, &settings)?;
            audit::write(tx, &entry(&person, &verdict, address))?;
            match verdict {
                Verdict::Refused(why) => Ok(Err(why)),
                Verdict::Welcome(welcome) => {
                    // A cookie that somebody else put there must not become a signed-in one.
                    if let Some(before) = &before {
                        sessions::end(tx, before)?;
                    }
                    let session = sessions::create(tx, welcome.user, &browser, lifetime)?;
                    Ok(session.ok_or_else(|| "This account is not active.".to_owned()))
                }
            }
        })
        .await?;
    let session = done.map_err(Error::Denied)?;
    let token = csrf::generate()?;
    let cookies = cookie::begun(&app, &request, &session, lifetime.length, &token);
    let ended = Journey::end().set(&app, &request);
    Ok(onward(&journey.next, cookies.chain(ended)))
}

/// Sends the browser on, with cookies.
fn onward(place: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> HttpResponse {
    let mut response = HttpResponse::Found();
    response
        .insert_header((header::LOCATION, place))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    for cookie in cookies {
        response.append_header((header::SET_COOKIE, cookie));
    }
    response.finish()
}

fn provider(app: &App) -> Answer<&Provider> {
    app.provider
        .as_ref()
        .ok_or(Failure(Error::NotFound(Noun::Route)))
}

fn back(origin: &Origin) -> String {
    format!("{}{BACK}", origin.0)
}

/// The attempt that this very browser began, for the first and only time.
fn resumed(
    app: &App,
    provider: &Provider,
    request: &HttpRequest,
    params: &Params,
) -> Answer<Journey> {
    let again = |why: &str| {
        let message = format!("{why} Begin again at /login/oidc/.");
        Failure(Error::invalid("state", "invalid", message))
    };
    let cookie = cookie::read(request, attempt::NAME);
    let journey = cookie
        .and_then(|cookie| Journey::resume(&app.signing_key(), cookie, app.clock.now()))
        .ok_or_else(|| {
            again("This browser began no sign-in in the last ten minutes, or keeps no cookies.")
        })?;
    if params.last("state") != Some(&journey.attempt.state) {
        return Err(again("This answer belongs to another sign-in."));
    }
    if !provider.is_first_use(&journey.attempt.state) {
        return Err(again("This sign-in was used already."));
    }
    Ok(journey)
}

/// Whom the provider vouches for.
async fn vouched(
    provider: &Provider,
    journey: &Journey,
    params: &Params,
    origin: &Origin,
) -> Answer<Person> {
    let settings = provider.settings();
    let issuer = settings.issuer.as_ref().map(|issuer| issuer.as_str());
    if params
        .last("iss")
        .is_some_and(|named| Some(named) != issuer)
    {
        return Err(denied("The answer came from another provider."));
    }
    if let Some(code) = params.last("error") {
        let is_code = code.len() <= 40 && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let code = if is_code { code } else { "unknown" };
        tracing::info!(code, "the provider refused a sign-in");
        return Err(denied(&format!(
            "The provider refused the sign-in: {code}."
        )));
    }
    let Some(code) = params.last("code") else {
        let message = "The provider sent no code.";
        return Err(Failure(Error::invalid("code", "required", message)));
    };
    let claims = provider
        .finish(&back(origin), &journey.attempt, code)
        .await
        .map_err(troubled)?;
    Person::read(claims, settings).map_err(|why| denied(&why))
}

fn denied(why: &str) -> Failure {
    Failure(Error::Denied(why.to_owned()))
}

/// What the provider wrote stays in the log.
fn troubled(trouble: Trouble) -> Failure {
    match trouble {
        Trouble::Unavailable(why) => {
            tracing::warn!(why, "single sign-on: the provider cannot be used");
            let message = "The single sign-on provider cannot be reached, or answers nonsense. Try again later; the \
                           hub's log has the cause.";
            Failure(Error::Upstream(message.to_owned()))
        }
        Trouble::Refused(why) => {
            tracing::warn!(why, "single sign-on: refused");
            denied(
                "What the single sign-on provider answered was not accepted. Begin again at /login/oidc/; if that \
                 does not help, the hub's log has the cause.",
            )
        }
    }
}

fn user_agent(request: &HttpRequest) -> String {
    let value = request.headers().get(header::USER_AGENT);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

/// Somebody whom nobody vouches for, so the trail has no name for them.
async fn note_refusal(app: &App, address: Option<IpAddr>, why: String) -> Answer<()> {
    let entry = Entry {
        actor: Actor::stranger(String::new(), address),
        action: action(),
        object: "single sign-on".to_owned(),
        outcome: Outcome::Refused,
        detail: why,
    };
    Ok(app.write(move |tx| audit::write(tx, &entry)).await?)
}

fn entry(person: &Person, verdict: &Verdict, address: Option<IpAddr>) -> Entry {
    let Person {
        issuer,
        subject,
        username,
        ..
    } = person;
    match verdict {
        Verdict::Refused(why) => Entry {
            actor: Actor::stranger(username.clone(), address),
            action: action(),
            object: format!("identity {subject} of {issuer}"),
            outcome: Outcome::Refused,
            detail: why.clone(),
        },
        Verdict::Welcome(Welcome {
            user,
            username,
            changes,
        }) => Entry {
            actor: Actor {
                id: Some(*user),
                name: username.clone(),
                via: Via::Session.as_str(),
                address,
            },
            action: action(),
            object: format!("user {username}"),
            outcome: Outcome::Done,
            detail: changes.clone(),
        },
    }
}

fn action() -> String {
    Action::SingleSignOn.name().to_owned()
}
