//! The search of the web interface (contract 04, USR-1).

use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::ReqData;

use crate::domain::search::installable;
use crate::domain::search::installable::InstallableField;
use crate::domain::search::installable::InstallableFilter;
use crate::domain::search::installable::Keywords;
use crate::domain::search::installable::Kind;
use crate::http::kit::failure::Answer;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::galaxy::Offset;
use crate::http::kit::page::galaxy::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::ui::v1::shapes::search::SearchRow;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;
use crate::kernel::filter::SortKey;
use crate::kernel::filter::TextFilter;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/_ui/v1/search/",
        [get(Action::InterfaceSearch, find).query(filter)],
    );
}

const FIELDS: &[(&str, InstallableField)] = &[
    ("name", InstallableField::Name),
    ("namespace_name", InstallableField::Namespace),
    ("download_count", InstallableField::DownloadCount),
    ("last_updated", InstallableField::UpdatedAt),
    ("relevance", InstallableField::Relevance),
];

const BY_RELEVANCE: &str = "-download_count,-relevance";
const BY_TIME: &str = "-download_count,-last_updated";

/// The reference names no field here.
fn wrong(message: impl Into<String>) -> Error {
    Error::Invalid(vec![Fault::new(None, "invalid", message)])
}

fn kind(params: &Params) -> Result<Option<Kind>> {
    match params.last("type") {
        None => Ok(None),
        Some("collection") => Ok(Some(Kind::Collection)),
        Some("role") => Ok(Some(Kind::Role)),
        Some(_) => Err(wrong("'type' must be ['collection', 'role']")),
    }
}

fn is_deprecated(params: &Params) -> Result<Option<bool>> {
    let read = |text: &str| {
        Params::truth(text).ok_or_else(|| wrong("'deprecated' filter must be 'true' or 'false'"))
    };
    params.last("deprecated").map(read).transpose()
}

/// The keys of `text`, a comma list.
fn order(text: &str) -> Result<Vec<SortKey<InstallableField>>> {
    let key = |word: &str| {
        let (descending, name) = match word.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, word),
        };
        let found = FIELDS.iter().find(|(known, _)| *known == name);
        found.map(|(_, field)| SortKey {
            field: *field,
            descending,
        })
    };
    let keys: Option<Vec<_>> = text.split(',').map(|word| key(word.trim())).collect();
    let keys = keys.filter(|keys| keys.len() <= FIELDS.len());
    keys.ok_or_else(|| {
        let names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
        wrong(format!("'order_by' must be of {names:?}").replace('"', "'"))
    })
}

/// This list ignores what it does not know. In the order of the reference: the order is judged before the way of
/// searching is, so a way that is unknown is told as one that knows no relevance.
fn filter(params: &Params) -> Result<InstallableFilter> {
    let way = params.last("search_type").unwrap_or("websearch");
    let default = if way == "sql" { BY_TIME } else { BY_RELEVANCE };
    let is_deprecated = is_deprecated(params)?;
    let kind = kind(params)?;
    let order = order(params.last("order_by").unwrap_or(default))?;
    let needs_relevance = order
        .iter()
        .any(|key| key.field == InstallableField::Relevance);
    if needs_relevance && way != "websearch" {
        return Err(wrong(
            "'order_by=relevance' works only with 'search_type=websearch'",
        ));
    }
    let keywords = params.last("keywords").map(str::to_owned);
    let keywords = match way {
        "websearch" => keywords.map(Keywords::Words),
        "sql" => keywords.map(Keywords::Part),
        _ => return Err(wrong("'search_type' must be ['sql', 'websearch']")),
    };
    let any_case = |name| {
        let text = params.last(name).map(str::to_owned);
        text.map(TextFilter::IsAnyCase).into_iter().collect()
    };
    Ok(InstallableFilter {
        kind,
        keywords,
        namespace: any_case("namespace"),
        name: any_case("name"),
        tags: params.values("tags")?,
        is_deprecated,
        order,
    })
}

async fn find(
    app: Data<App>,
    permit: ReqData<Permit>,
    (origin, mount): (Origin, Mount),
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<SearchRow>>> {
    let filter = filter(&params)?;
    let seen = Repositories::of(permit.viewer());
    let found = app
        .read(move |tx| installable::find(tx, &seen, &filter, page.0))
        .await?;
    let found = found.try_map(|found| SearchRow::new(found, (&origin, &mount)))?;
    Ok(Json(Paged::new(found, &mount, &params)))
}
