//! Signatures of collection versions as content (contract 03, CNT-4 to CNT-6).

use actix_web::HttpResponse;
use actix_web::web::Data;
use actix_web::web::Json;
use actix_web::web::Path;
use actix_web::web::ReqData;
use uuid::Uuid;

use crate::domain::collections::signatures;
use crate::domain::collections::signatures::SignatureField;
use crate::domain::collections::signatures::SignatureFilter;
use crate::domain::signing::openpgp;
use crate::domain::signing::submit;
use crate::domain::signing::submit::Upload;
use crate::http::href;
use crate::http::kit::asking::Asking;
use crate::http::kit::body::Body;
use crate::http::kit::chosen::Chosen;
use crate::http::kit::chosen::Keys;
use crate::http::kit::failure::Answer;
use crate::http::kit::filter::Filters;
use crate::http::kit::filter::Suffix;
use crate::http::kit::filter::field::Field;
use crate::http::kit::filter::field::Holds;
use crate::http::kit::membership;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::page::pulp::Offset;
use crate::http::kit::page::pulp::Paged;
use crate::http::kit::params::Params;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::kit::routes::post;
use crate::http::kit::started;
use crate::http::pulp::shapes::content::PulpCollectionSignature;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;
use crate::policy::action::Action;
use crate::policy::permit::Permit;
use crate::policy::visible::Repositories;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(
        "/pulp/api/v3/content/ansible/collection_signatures/",
        [
            get(Action::SignatureList, list).query(filter),
            post(Action::SignatureUpload, upload)
                .starts()
                .body(|body| (repository(body), wanted(body, None))),
        ],
    );
    r.api(
        "/pulp/api/v3/content/ansible/collection_signatures/{id:[0-9a-fA-F-]{36}}/",
        [get(Action::SignatureRead, show).query(Keys::of)],
    );
}

const FINGERPRINTS: &[Suffix] = &[Suffix::Exact, Suffix::In];

const FIELDS: &[Field<SignatureField>] = &[
    (
        "",
        Holds::Itself(href::content::parse_content),
        SignatureField::Uuid,
    ),
    (
        "signed_collection",
        Holds::Object(href::content::parse_content),
        SignatureField::Version,
    ),
    (
        "pubkey_fingerprint",
        Holds::Text(FINGERPRINTS),
        SignatureField::Fingerprint,
    ),
    (
        "signing_service",
        Holds::Object(href::content::parse_signing_service),
        SignatureField::Service,
    ),
    ("pulp_created", Holds::Time, SignatureField::Created),
    ("pulp_last_updated", Holds::Time, SignatureField::Updated),
];

fn filter(params: &Params) -> Result<SignatureFilter> {
    let mut filters = Filters::of(params);
    let filter = SignatureFilter {
        fields: filters.fields(FIELDS)?,
        memberships: membership::read(&mut filters, href::parse_repository_version)?,
        order: filters.ordering(FIELDS)?,
    };
    // Orphans are deleted at once here, so nothing has been one for any time.
    filters.raw("orphaned_for");
    filters.strict()?;
    Ok(filter)
}

async fn list(
    app: Data<App>,
    permit: ReqData<Permit>,
    origin: Origin,
    mount: Mount,
    params: Params,
    page: Offset,
) -> Answer<Json<Paged<PulpCollectionSignature>>> {
    let filter = filter(&params)?;
    let seen = Repositories::of(permit.viewer());
    let found = app
        .read(move |tx| signatures::list(tx, &seen, &filter, page.0))
        .await?;
    let found = found.map(|signature| PulpCollectionSignature::new(signature, &mount));
    Ok(Json(Paged::new(found, &origin, &mount, &params)))
}

async fn show(
    app: Data<App>,
    permit: ReqData<Permit>,
    mount: Mount,
    params: Params,
    id: Path<Uuid>,
) -> Answer<Json<Chosen<PulpCollectionSignature>>> {
    let seen = Repositories::of(permit.viewer());
    let found = app.read(move |tx| signatures::get(tx, &seen, *id)).await?;
    let shape = PulpCollectionSignature::new(found, &mount);
    Ok(Json(Chosen::new(shape, &params)))
}

async fn upload(
    app: Data<App>,
    mount: Mount,
    asking: Asking,
    mut body: Body,
) -> Answer<HttpResponse> {
    let repository = repository(&mut body);
    // That the repository is not the caller's is told before what is wrong with the rest.
    if let Some(repository) = repository {
        let asker = asking.clone();
        app.read(move |tx| submit::repository(tx, asker.permit(), repository))
            .await?;
    }
    let wanted = wanted(&mut body, repository)?;
    let begun = app
        .write(move |tx| {
            let asked = asking.task("pulpcore.app.tasks.base.general_create");
            submit::begin(tx, asked, &wanted)
        })
        .await?;
    let path = href::pulp_task(&mount, begun.uuid);
    Ok(started::answer(&app, begun, path).await)
}

fn repository(body: &mut Body) -> Option<Uuid> {
    body.link("repository", href::content::parse_repository)
        .flatten()
}

/// What a body asks for, checked in the order of the reference, which tells one fault at a time.
fn wanted(body: &mut Body, repository: Option<Uuid>) -> Result<Upload> {
    let version = body.link("signed_collection", href::content::parse_content);
    if !body.has("signed_collection") {
        body.fault("signed_collection", "required", "This field is required.");
    }
    body.check()?;
    let signature = body.secret("file").unwrap_or_default();
    body.check()?;
    if signature.trim().is_empty() {
        let message = "Exactly one of file, upload, file_url must be specified.";
        return Err(Error::Invalid(vec![Fault::new(None, "invalid", message)]));
    }
    if signature.len() > openpgp::LENGTH_MAX {
        let message = format!(
            "Ensure this file has no more than {} bytes; a signature has a few hundred.",
            openpgp::LENGTH_MAX
        );
        return Err(Error::invalid("file", "max_length", message));
    }
    match (version.flatten(), repository) {
        (Some(version), Some(repository)) => Ok(Upload {
            repository,
            version,
            signature,
        }),
        (None, _) => Err(Error::invalid(
            "signed_collection",
            "null",
            "This field may not be null.",
        )),
        (_, None) => Err(Error::invalid(
            "repository",
            "required",
            "This field is required.",
        )),
    }
}
