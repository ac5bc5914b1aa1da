//! What runs here, and what there is to ask (contract 03, PST-1 and PST-2).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::LazyLock;

use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::content::Space;
use crate::domain::accounts::users;
use crate::http::href;
use crate::http::kit::mount::Mount;
use crate::http::kit::origin::Origin;
use crate::http::kit::releases;
use crate::http::kit::routes::Routes;
use crate::http::kit::routes::get;
use crate::http::pulp;
use crate::kernel::clock::Timestamp;
use crate::policy::action::Action;
use crate::state::App;
use crate::state::blocking;

/// The routes of this file.
pub fn routes(r: &mut Routes) {
    r.api(ROOT, [get(Action::Discover, list)]);
    r.api("/pulp/api/v3/status/", [get(Action::Probe, show)]);
}

const ROOT: &str = "/pulp/api/v3/";

#[derive(Serialize, ToSchema)]
#[schema(as = pulp::status::Status)]
struct Status {
    versions: [Component; 3],
    online_workers: Vec<Process>,
    online_api_apps: [Process; 1],
    online_content_apps: [Process; 1],
    database_connection: Connection,
    redis_connection: Connection,
    storage: Option<Storage>,
    content_settings: ContentSettings,
    domain_enabled: bool,
}

/// A part of the reference whose API this server has.
#[derive(Serialize, ToSchema)]
#[schema(as = pulp::status::Component)]
struct Component {
    component: &'static str,
    version: &'static str,
    package: &'static str,
    module: &'static str,
    domain_compatible: bool,
}

const COMPONENTS: [Component; 3] = [
    Component {
        component: "core",
        version: releases::PULP_CORE,
        package: "pulpcore",
        module: "pulpcore.app",
        domain_compatible: true,
    },
    Component {
        component: "ansible",
        version: releases::PULP_ANSIBLE,
        package: "pulp-ansible",
        module: "pulp_ansible.app",
        domain_compatible: true,
    },
    Component {
        component: "galaxy",
        version: releases::GALAXY,
        package: "galaxy-ng",
        module: "galaxy_ng.app",
        domain_compatible: false,
    },
];

/// What are processes there, and threads of this one here: they live while it answers.
#[derive(Serialize, ToSchema)]
#[schema(as = pulp::status::Process)]
struct Process {
    name: String,
    last_heartbeat: Timestamp,
    versions: BTreeMap<&'static str, &'static str>,
}

impl Process {
    fn at(now: Timestamp, name: String) -> Self {
        let versions = COMPONENTS.iter().map(|part| (part.component, part.version));
        Self {
            name,
            last_heartbeat: now,
            versions: versions.collect(),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = pulp::status::Connection)]
struct Connection {
    connected: bool,
}

/// The file system with the data directory, in bytes.
#[derive(Serialize, ToSchema)]
#[schema(as = pulp::status::Storage)]
struct Storage {
    total: u64,
    used: u64,
    free: u64,
}

impl From<Space> for Storage {
    fn from(space: Space) -> Self {
        Self {
            total: space.total,
            used: space.used,
            free: space.free,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = pulp::status::ContentSettings)]
struct ContentSettings {
    content_origin: String,
    content_path_prefix: &'static str,
}

/// Answers also when the database does not: that is what it is there to tell.
async fn show(app: Data<App>, origin: Origin) -> Json<Status> {
    let reads = app.read(users::any_superuser).await.is_ok();
    let store = Arc::clone(&app.store);
    let space = blocking(move || store.space()).await;
    let now = app.clock.now();
    let workers = 0..app.config.publishing.workers;
    let here = || [Process::at(now, "pocket-galaxy".into())];
    Json(Status {
        versions: COMPONENTS,
        online_workers: workers
            .map(|number| Process::at(now, format!("worker-{number}")))
            .collect(),
        online_api_apps: here(),
        online_content_apps: here(),
        database_connection: Connection { connected: reads },
        // There is none; the reference says so too where it has none.
        redis_connection: Connection { connected: false },
        storage: space.ok().map(Storage::from),
        content_settings: ContentSettings {
            content_origin: origin.0,
            content_path_prefix: href::BYTES,
        },
        domain_enabled: false,
    })
}

/// The lists of this family and whatever else has one address: what is between the root and the last slash.
static LISTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut routes = Routes::default();
    pulp::routes(&mut routes);
    let prefix = format!("{{A}}{}", &ROOT[1..]);
    let gets = routes
        .lines()
        .iter()
        .filter(|line| line.method == Method::GET);
    gets.filter_map(|line| line.pattern.strip_prefix(&prefix)?.strip_suffix('/'))
        .filter(|name| !name.contains('{'))
        .map(str::to_owned)
        .collect()
});

async fn list(origin: Origin, mount: Mount) -> Json<BTreeMap<&'static str, String>> {
    let base = format!("{}{}{}", origin.0, mount.root, &ROOT[1..]);
    let url = |name: &'static String| (name.as_str(), format!("{base}{name}/"));
    Json(LISTS.iter().map(url).collect())
}
