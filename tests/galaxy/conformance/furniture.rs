//! People, groups, roles, namespaces and repositories of the recorded server.
//!
//! They go in through the domain, and through its tables where the endpoints that make them come later.

use pocket_galaxy::db::tx::WriteTx;
use pocket_galaxy::domain::accounts::groups;
use pocket_galaxy::domain::accounts::groups::members;
use pocket_galaxy::domain::accounts::passwords::PasswordHash;
use pocket_galaxy::domain::accounts::roles::assignments;
use pocket_galaxy::domain::accounts::roles::assignments::Holder;
use pocket_galaxy::domain::accounts::users;
use pocket_galaxy::domain::namespaces::Link;
use pocket_galaxy::domain::namespaces::Profile;
use pocket_galaxy::domain::namespaces::create;
use pocket_galaxy::domain::namespaces::create::NewNamespace;
use pocket_galaxy::domain::remotes;
use pocket_galaxy::domain::remotes::profile::RemoteProfile;
use pocket_galaxy::kernel::error::Result;
use pocket_galaxy::kernel::ids::GroupId;
use pocket_galaxy::kernel::ids::RepositoryId;
use pocket_galaxy::kernel::ids::UserId;
use pocket_galaxy::policy::object::Object;
use uuid::Uuid;

const OWNER: &str = "galaxy.collection_namespace_owner";

/// The shipped roles; there is a user for each of them, who holds it everywhere.
pub const ROLES: &[&str] = &[
    "ansible_repository_owner",
    "auditor",
    "collection_admin",
    "collection_curator",
    "collection_namespace_owner",
    "collection_publisher",
    "collection_remote_owner",
    "content_admin",
    "execution_environment_admin",
    "execution_environment_collaborator",
    "execution_environment_namespace_owner",
    "execution_environment_publisher",
    "group_admin",
    "synclist_owner",
    "task_admin",
    "user_admin",
];

/// Those that the reference lets no user hold everywhere; their users hold nothing.
const OF_OBJECTS: &[&str] = &[
    "ansible_repository_owner",
    "collection_namespace_owner",
    "collection_publisher",
    "collection_remote_owner",
    "execution_environment_collaborator",
    "execution_environment_namespace_owner",
    "execution_environment_publisher",
    "task_admin",
];

/// Everything but collections.
pub fn furnish(tx: &WriteTx<'_>, hash: &PasswordHash) -> Result<()> {
    users::create(tx, "rec_admin", hash, true)?;
    let plain = users::create(tx, "rec_plain", hash, false)?;
    let owner = users::create(tx, "rec_owner", hash, false)?;
    for role in ROLES {
        let name = format!("rec_role_{role}");
        let user = Holder::User(users::create(tx, &name, hash, false)?);
        if !OF_OBJECTS.contains(role) {
            assignments::assign(tx, user, &format!("galaxy.{role}"), None)?;
        }
    }
    let to_go = users::create(tx, "rec_to_go", hash, false)?;
    let group = add_group(tx, "rec_group", owner)?;
    add_roles(tx, plain, group)?;
    // What is deleted is not what is asked for otherwise.
    for name in ["ship_crew", "rec_pulp_group", "rec_group_two", "rec_spare"] {
        add_group(tx, name, to_go)?;
    }
    add_namespaces(tx, plain, owner, group)?;
    add_repository(
        tx,
        "rec_repo",
        false,
        &[("rec", "yes"), ("pipeline", "approved")],
    )?;
    tx.execute_batch(
        "UPDATE repository SET description = 'A custom repository', retain_repo_versions = 5 WHERE name = 'rec_repo';
         UPDATE repository SET gpgkey = '-----BEGIN PGP PUBLIC KEY BLOCK-----' WHERE name IN ('published', 'staging');
         -- so that what tasks made is still there when they are looked at
         UPDATE repository SET retain_repo_versions = 1000 WHERE name IN ('published', 'staging')",
    )?;
    add_remotes(tx)?;
    let private = add_repository(tx, "rec_private", true, &[])?;
    tx.execute(
        "UPDATE repository SET retain_repo_versions = 3 WHERE id = ?1",
        [private.0],
    )?;
    let role = "galaxy.ansible_repository_owner";
    assignments::assign(
        tx,
        Holder::Group(group),
        role,
        Some(Object::Repository(private)),
    )?;
    add_platform(tx, hash)
}

/// One remote that is looked at and changed, and one to delete.
fn add_remotes(tx: &WriteTx<'_>) -> Result<()> {
    let remote = RemoteProfile {
        url: "http://127.0.0.1:9/api/".to_owned(),
        token: "s3cr3t-value".to_owned(),
        auth_url: "http://127.0.0.1:9/auth".to_owned(),
        requirements_file: "collections: [rec_alpha.tiny]".to_owned(),
        rate_limit: Some(4),
        labels: [("rec".to_owned(), "yes".to_owned())].into(),
        ..RemoteProfile::fresh()
    };
    for name in ["rec_remote", "rec_remote_min"] {
        remotes::declared::add(tx, name, &remote)?;
    }
    tx.execute_batch(
        "UPDATE remote SET requirements_file = 'collections: [rec_alpha.tiny]' WHERE name = 'rh-certified'",
    )?;
    Ok(())
}

/// What the automation platform sees, and what is deleted by its API.
fn add_platform(tx: &WriteTx<'_>, hash: &PasswordHash) -> Result<()> {
    let by_admin =
        "UPDATE role_assignment SET created_by = (SELECT id FROM user WHERE username = 'rec_admin')
                     WHERE user_id IS NOT NULL AND object_kind IS NULL";
    tx.execute(by_admin, [])?;
    let user = users::create(tx, "rec_v2_to_go", hash, false)?;
    add_group(tx, "rec_v2_to_go", user)?;
    for name in ["rec_v2_org", "rec_v2_to_go"] {
        tx.execute(
            "INSERT INTO organization (uuid, name, created_at) VALUES (?1, ?2, 0)",
            (Uuid::new_v4().to_string(), name),
        )?;
    }
    let team = add_group(tx, "rec_v2_org::rec_v2_team", user)?;
    tx.execute(
        "UPDATE user_group SET team = 'rec_v2_team', organization_id = (SELECT id FROM organization WHERE name = 'rec_v2_org')
          WHERE id = ?1",
        [team.0],
    )?;
    tx.execute(
        "INSERT INTO role (uuid, name, created_at, updated_at) VALUES (?1, 'galaxy.rec_v2_gone', 0, 0)",
        [Uuid::now_v7().to_string()],
    )?;
    let keeper = users::create(tx, "rec_v2_keeper", hash, false)?;
    assignments::assign(tx, Holder::User(keeper), "galaxy.rec_kept", None)
}

/// Roles of the recorded server's own making, and whoever holds them; the last two are there to be taken away.
fn add_roles(tx: &WriteTx<'_>, plain: UserId, group: GroupId) -> Result<()> {
    let uploads: &[&str] = &["galaxy.change_namespace", "galaxy.upload_to_namespace"];
    for (role, permissions) in [
        ("galaxy.rec_uploader", uploads),
        ("galaxy.rec_next", uploads),
        ("galaxy.rec_kept", &["galaxy.view_synclist"]),
        ("galaxy.rec_gone", uploads),
    ] {
        tx.execute(
            "INSERT INTO role (uuid, name, description, created_at, updated_at) VALUES (?1, ?2, 'May upload', 0, 0)",
            (Uuid::now_v7().to_string(), role),
        )?;
        for permission in permissions {
            tx.execute(
                "INSERT INTO role_permission (role_id, permission) SELECT id, ?2 FROM role WHERE name = ?1",
                (role, permission),
            )?;
        }
    }
    assignments::assign(tx, Holder::Group(group), "galaxy.rec_uploader", None)?;
    assignments::assign(tx, Holder::Group(group), "galaxy.rec_gone", None)?;
    assignments::assign(tx, Holder::User(plain), "galaxy.rec_kept", None)
}

fn add_group(tx: &WriteTx<'_>, name: &str, member: UserId) -> Result<GroupId> {
    let group = groups::create(tx, name)?;
    members::insert(tx, group, member)?;
    Ok(group)
}

fn add_namespaces(tx: &WriteTx<'_>, plain: UserId, owner: UserId, group: GroupId) -> Result<()> {
    let add = |name: &str, profile, holders: &[Holder]| {
        let owners = holders
            .iter()
            .map(|holder| (*holder, OWNER.to_owned()))
            .collect();
        create::create(
            tx,
            &NewNamespace {
                name: name.to_owned(),
                profile,
                owners,
                ..Default::default()
            },
        )
    };
    let [plain, owner, group] = [
        Holder::User(plain),
        Holder::User(owner),
        Holder::Group(group),
    ];
    let link = |name: &str, url: &str| Link {
        name: name.to_owned(),
        url: url.to_owned(),
    };
    for name in ["rec_ui", "rec_delme", "rec_delme_too"] {
        add(name, Profile::default(), &[])?;
    }
    let alpha = Profile {
        company: "Rec Alpha Incorporated".to_owned(),
        email: "alpha@example.com".to_owned(),
        links: vec![
            link("Home", "https://example.com/"),
            link("Bugs", "https://example.com/bugs"),
        ],
        ..Profile::default()
    };
    add("rec_alpha", alpha, &[group, owner])?;
    add("rec_beta", Profile::default(), &[group])?;
    add("rec_owned", Profile::default(), &[group, plain])?;
    // With enough others that lists of ten have a second page.
    for name in [
        "rec_gamma_b",
        "ansible",
        "community",
        "kubernetes",
        "amazon",
        "cloud",
        "openvswitch",
        "bad",
    ] {
        add(name, Profile::default(), &[])?;
    }
    Ok(())
}

/// A repository with a distribution of its name. The endpoint that makes them comes with the repositories.
fn add_repository(
    tx: &WriteTx<'_>,
    name: &str,
    is_private: bool,
    labels: &[(&str, &str)],
) -> Result<RepositoryId> {
    let uuid = || Uuid::now_v7().to_string();
    let repository = "INSERT INTO repository (uuid, name, private, created_at, updated_at) VALUES (?1, ?2, ?3, 0, 0)";
    tx.execute(repository, (uuid(), name, is_private))?;
    let id = tx.last_insert_rowid();
    for (key, value) in labels {
        tx.execute(
            "INSERT INTO repository_label (repository_id, key, value) VALUES (?1, ?2, ?3)",
            (id, key, value),
        )?;
    }
    tx.execute(
        "INSERT INTO repository_version (repository_id, number, created_at) VALUES (?1, 0, 0)",
        [id],
    )?;
    let distribution =
        "INSERT INTO distribution (uuid, name, base_path, repository_id, created_at, updated_at)
                        VALUES (?1, ?2, ?2, ?3, 0, 0)";
    tx.execute(distribution, (uuid(), name, id))?;
    Ok(RepositoryId(id))
}
