//! Moving and copying a version between distributions: approving and rejecting (contract 02 §2.6).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::collections::transfer;
use crate::domain::collections::transfer::ByName;
use crate::domain::tasks::queue::Begun;
use crate::http::kit::asking::Asking;
use crate::http::kit::failure::Answer;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::post;
use crate::http::kit::started;
use crate::policy::action::Action;
use crate::state::App;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    let version = "/v3/collections/{namespace}/{name}/versions/{version}";
    r.api(
        &format!("{version}/move/{{from}}/{{to}}/"),
        [post(Action::CollectionTransfer, relocate).gives::<Moved>(StatusCode::ACCEPTED)],
    );
    r.api(
        &format!("{version}/copy/{{from}}/{{to}}/"),
        [post(Action::CollectionTransfer, copy).gives::<Copied>(StatusCode::ACCEPTED)],
    );
}

#[derive(Deserialize)]
struct TransferPath {
    namespace: String,
    name: String,
    version: String,
    from: String,
    to: String,
}

impl TransferPath {
    fn wanted(self, leave: bool, app: &App) -> ByName {
        ByName {
            namespace: self.namespace,
            name: self.name,
            version: self.version,
            from: self.from,
            to: self.to,
            leave,
            signed: app.config.publishing.require_signature_for_approval,
        }
    }
}

/// Copying and removing are one task here, as in the reference; nothing curates synclists.
#[derive(Serialize, ToSchema)]
struct Moved {
    copy_task_id: Uuid,
    remove_task_id: Uuid,
    curate_all_synclist_repository_task_id: Option<Uuid>,
}

#[derive(Serialize, ToSchema)]
struct Copied {
    task_id: Uuid,
}

/// Clients send anything or nothing as the body, which is not read.
async fn relocate(
    app: Data<App>,
    asking: Asking,
    path: Path<TransferPath>,
) -> Answer<HttpResponse> {
    let wanted = path.into_inner().wanted(true, &app);
    let name = "pulp_ansible.app.tasks.copy.move_collection";
    let task = begin(&app, asking, wanted, name).await?.uuid;
    Ok(HttpResponse::Accepted().json(Moved {
        copy_task_id: task,
        remove_task_id: task,
        curate_all_synclist_repository_task_id: None,
    }))
}

async fn copy(app: Data<App>, asking: Asking, path: Path<TransferPath>) -> Answer<HttpResponse> {
    let wanted = path.into_inner().wanted(false, &app);
    let name = "pulp_ansible.app.tasks.copy.copy_collection";
    let task_id = begin(&app, asking, wanted, name).await?.uuid;
    Ok(HttpResponse::Accepted().json(Copied { task_id }))
}

async fn begin(
    app: &Data<App>,
    asking: Asking,
    wanted: ByName,
    name: &'static str,
) -> Answer<Begun> {
    let begun = app
        .write(move |tx| {
            let asked = asking.task(name);
            transfer::by_name(tx, asked, &wanted)
        })
        .await?;
    started::finished(app, begun).await;
    Ok(begun)
}
