//! Imports for the web interface (contract 04, UIM-1 and UIM-2).

use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use uuid::Uuid;

use crate::domain::imports::listing;
use crate::domain::imports::listing::ImportFilter;
use crate::domain::imports::queries;
use crate::domain::tasks::State;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::ui::v1::shapes::imports::ImportItem;
use crate::http::ui::v1::shapes::imports::ImportPage;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v1/imports/collections/",
        [get(Action::ImportList, list).query(filter)],
    );
    r.api(
        "/_ui/v1/imports/collections/{id:[0-9a-fA-F-]{36}}/",
        [get(Action::ImportRead, show)],
    );
}

/// Whether the newest comes first.
const SORTS: &[(&str, bool)] = &[("created", false), ("-created", true)];

/// This list ignores what it does not know.
fn filter(params: &Params) -> Result<ImportFilter> {
    let text = |name| params.last(name).map(str::to_owned);
    let state = params.last("state").map(|word| {
        let message = format!("Select a valid choice. {word} is not one of the available choices.");
        State::parse(word).ok_or_else(|| Error::invalid("state", "invalid_choice", message))
    });
    let day = params.last("created").map(|text| {
        let wrong = || Error::invalid("created", "invalid", "Enter a valid date.");
        Timestamp::parse(text).ok_or_else(wrong)
    });
    Ok(ImportFilter {
        namespace: text("namespace"),
        name: text("name"),
        version: text("version"),
        state: state.transpose()?,
        day: day.transpose()?,
        keywords: text("keywords"),
        newest_first: params.order("sort", SORTS)?,
    })
}

async fn list(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<ImportItem>>> {
    let filter = filter(&params)?;
    let found = app
        .read(move |tx| listing::list(tx, &permit, &filter, page.0))
        .await?;
    Ok(Json(Paged::new(
        found.map(ImportItem::from),
        &mount,
        &params,
    )))
}

async fn show(app: Data<App>, permit: ReqData<Permit>, id: Path<Uuid>) -> Answer<Json<ImportPage>> {
    let found = app
        .read(move |tx| queries::find_line(tx, &permit, *id))
        .await?;
    Ok(Json(ImportPage::new(found)))
}
