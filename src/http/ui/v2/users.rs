//! Users (contract 04, V2-1 to V2-5), by the rules of `_ui/v1`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;

use crate::db::tx::ReadTx;
use crate::domain::accounts::groups;
use crate::domain::accounts::groups::NamedGroup;
use crate::domain::accounts::groups::organizations;
use crate::domain::accounts::groups::teams;
use crate::domain::accounts::users::change::Change;
use crate::domain::accounts::users::profiles;
use crate::domain::accounts::users::profiles::Profile;
use crate::domain::accounts::users::profiles::UserFilter;
use crate::http::kit::account_handlers;
use crate::http::kit::accounts;
use crate::http::kit::body::Body;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::UI_NAME;
use crate::http::kit::mount::Mount;
use crate::http::kit::page::numbered::Paged;
use crate::http::kit::page::numbered::Sizes;
use crate::http::kit::page::numbered::ui_v2_window;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::delete;
use crate::http::kit::routes::get;
use crate::http::kit::routes::patch;
use crate::http::kit::routes::post;
use crate::http::kit::routes::put;
use crate::http::ui::users;
use crate::http::ui::v2::shapes::users::UserShape;
use crate::kernel::error::Result;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v2/users/",
        [
            get(Action::PlatformRead, list)
                .query(filter)
                .query(ui_v2_window),
            post(Action::PlatformWrite, add)
                .creates::<UserShape>()
                .body(whole),
        ],
    );
    r.api(
        "/_ui/v2/users/{id:[0-9]+}/",
        [
            get(Action::PlatformRead, show),
            put(Action::PlatformWrite, replace).body(whole),
            patch(Action::PlatformWrite, change).body(read),
            delete(Action::PlatformWrite, account_handlers::delete_user)
                .empty(StatusCode::NO_CONTENT),
        ],
    );
}

fn filter(params: &Params) -> Result<UserFilter> {
    Ok(UserFilter {
        is_superuser: params.boolean("is_superuser"),
        uuid: params.last("resource__ansible_id").map(str::to_owned),
        ..users::filter(params, UI_NAME)?
    })
}

/// Users with their teams: one more query for a whole page of them.
fn complete(tx: &ReadTx<'_>, profiles: Vec<Profile>) -> Result<Vec<UserShape>> {
    let ids: Vec<UserId> = profiles.iter().map(|profile| profile.id).collect();
    let mut teams = teams::of_users(tx, &ids)?;
    let shape = |profile: Profile| {
        let teams = teams.remove(&profile.id).unwrap_or_default();
        UserShape::new(profile, teams)
    };
    Ok(profiles.into_iter().map(shape).collect())
}

async fn list(app: Data<App>, mount: Mount, params: Params) -> Answer<Json<Paged<UserShape>>> {
    let window = Sizes::UI_V2.window(&params)?;
    let filter = filter(&params)?;
    let found = app
        .read(move |tx| {
            let Page { total, items } = profiles::list(tx, &filter, window)?;
            let items = complete(tx, items)?;
            Ok(Page { total, items })
        })
        .await?;
    Ok(Json(Paged::ui_v2(found, window, &mount, &params)?))
}

async fn show(app: Data<App>, id: Path<i64>) -> Answer<Json<UserShape>> {
    let id = UserId(id.into_inner());
    Ok(Json(shown(&app, id).await?))
}

/// The user with that id, as this version shows one.
pub(super) async fn shown(app: &App, id: UserId) -> Result<UserShape> {
    app.read(move |tx| {
        let profile = profiles::get(tx, id)?;
        let teams = teams::of_users(tx, &[id])?.remove(&id);
        Ok(UserShape::new(profile, teams.unwrap_or_default()))
    })
    .await
}

/// What a body says a user is in. That must be there, and changes nothing: as in the reference, nobody comes into
/// a group or out of one by this version.
struct Mentioned {
    groups: Vec<NamedGroup>,
    teams: Vec<NamedGroup>,
    organizations: Vec<NamedGroup>,
}

impl Mentioned {
    fn read(body: &mut Body) -> Self {
        let groups = accounts::groups(body);
        let teams = accounts::named(body, "teams", "Invalid team name or ID");
        let organizations = accounts::named(body, "organizations", "Invalid org name or ID");
        Self {
            groups: groups.unwrap_or_default(),
            teams: teams.unwrap_or_default(),
            organizations: organizations.unwrap_or_default(),
        }
    }

    fn check(&self, tx: &ReadTx<'_>) -> Result<()> {
        for named in &self.groups {
            groups::resolve(tx, named)?;
        }
        for named in &self.teams {
            teams::check_named(tx, named)?;
        }
        for named in &self.organizations {
            organizations::check_named(tx, named)?;
        }
        Ok(())
    }
}

fn whole(body: &mut Body) -> (Change, Mentioned) {
    accounts::require_username(body);
    read(body)
}

fn read(body: &mut Body) -> (Change, Mentioned) {
    accounts::refuse_null(body, &["is_superuser"]);
    let change = Change {
        is_superuser: body.boolean("is_superuser"),
        ..accounts::change(body)
    };
    (change, Mentioned::read(body))
}

async fn add(app: Data<App>, permit: ReqData<Permit>, mut body: Body) -> Answer<HttpResponse> {
    let (change, mentioned) = whole(&mut body);
    body.check()?;
    app.read(move |tx| mentioned.check(tx)).await?;
    let profile = accounts::create(&app, permit.into_inner(), change).await?;
    let shape = UserShape::new(profile, Vec::new());
    Ok(HttpResponse::Created().json(shape))
}

/// Only the name is needed, and what is left out stays as it is.
async fn replace(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<i64>,
    mut body: Body,
) -> Answer<Json<UserShape>> {
    accounts::require_username(&mut body);
    change(app, permit, id, body).await
}

async fn change(
    app: Data<App>,
    permit: ReqData<Permit>,
    id: Path<i64>,
    mut body: Body,
) -> Answer<Json<UserShape>> {
    let id = UserId(id.into_inner());
    let (change, mentioned) = read(&mut body);
    app.read(move |tx| profiles::get(tx, id)).await?;
    body.check()?;
    app.read(move |tx| mentioned.check(tx)).await?;
    accounts::update(&app, permit.into_inner(), id, change).await?;
    Ok(Json(shown(&app, id).await?))
}
