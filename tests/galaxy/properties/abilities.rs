//! What roles let somebody do: more roles, more abilities; no roles, what everybody may.

use std::collections::BTreeSet;
use std::sync::Arc;

use pocket_galaxy::domain::accounts::groups;
use pocket_galaxy::domain::accounts::roles::assignments;
use pocket_galaxy::domain::accounts::roles::assignments::Holder;
use pocket_galaxy::kernel::ids::CollectionId;
use pocket_galaxy::kernel::ids::DistributionId;
use pocket_galaxy::kernel::ids::GroupId;
use pocket_galaxy::kernel::ids::NamespaceId;
use pocket_galaxy::kernel::ids::RemoteId;
use pocket_galaxy::kernel::ids::RepositoryId;
use pocket_galaxy::kernel::ids::TaskId;
use pocket_galaxy::kernel::ids::UserId;
use pocket_galaxy::policy::action::Action;
use pocket_galaxy::policy::grants::GrantCache;
use pocket_galaxy::policy::grants::Grants;
use pocket_galaxy::policy::object::Object;
use pocket_galaxy::policy::permission::Permission;
use pocket_galaxy::policy::permission::PermissionSet;
use pocket_galaxy::policy::permit::Switches;
use pocket_galaxy::policy::permit::admit;
use pocket_galaxy::policy::principal::Account;
use pocket_galaxy::policy::principal::Via;
use pocket_galaxy::policy::principal::Viewer;
use pocket_galaxy::policy::reach::Reach;
use pocket_galaxy::policy::roles::LOCKED;
use pocket_galaxy::policy::rule::Door;
use pocket_galaxy::policy::rule::Place;
use pocket_galaxy::policy::rule::When;
use pocket_galaxy::policy::rule::rule;
use proptest::prelude::*;
use proptest::sample::select;

use crate::properties::runner;
use crate::support::server::TestServer;

const CIRCUMSTANCES: [When; 10] = [
    When::Always,
    When::NamespaceExists,
    When::NamespaceMissing,
    When::RepositoryUnlabelled,
    When::RepositoryMissing,
    When::ByNamespace,
    When::ByCollection,
    When::NothingServed,
    When::TaskOfAnother,
    When::GroupOfOthers,
];

/// Two of each kind.
fn objects() -> Vec<Object> {
    let of = |id| {
        [
            Object::Namespace(NamespaceId(id)),
            Object::Repository(RepositoryId(id)),
            Object::Remote(RemoteId(id)),
            Object::Distribution(DistributionId(id)),
            Object::Collection(CollectionId(id)),
            Object::Task(TaskId(id)),
            Object::Group(GroupId(id)),
        ]
    };
    of(1).into_iter().chain(of(2)).collect()
}

/// A role held somewhere: one that is shipped, or any set of permissions.
fn held() -> impl Strategy<Value = (Option<Object>, PermissionSet)> {
    let shipped: Vec<PermissionSet> = LOCKED.iter().map(|role| role.permissions).collect();
    let made = prop::collection::vec(select(Permission::ALL), 0..6)
        .prop_map(|all| all.into_iter().collect());
    let role = prop_oneof![select(shipped), made];
    (prop::option::of(select(objects())), role)
}

fn account(grants: &Arc<Grants>) -> Viewer {
    Viewer::User(Account {
        id: UserId(1),
        username: "ana".to_owned(),
        grants: Arc::clone(grants),
        reach: Reach::Full,
        via: Via::Token,
    })
}

/// Everything that the grants open: doors, what is checked behind them, and private repositories seen.
fn abilities(grants: &Arc<Grants>) -> BTreeSet<String> {
    let mut able = BTreeSet::new();
    for action in Action::ALL {
        let Ok(permit) = admit(account(grants), *action, Switches::default()) else {
            continue;
        };
        able.insert(format!("{action:?}"));
        for when in CIRCUMSTANCES {
            for object in objects().into_iter().map(Some).chain([None]) {
                if permit.check(when, object).is_ok() {
                    able.insert(format!("{action:?} {when:?} {object:?}"));
                }
            }
        }
        for id in [1, 2] {
            if permit.sees(RepositoryId(id), true).is_ok() {
                able.insert(format!("{action:?} sees {id}"));
            }
        }
    }
    able
}

fn grants(held: &[(Option<Object>, PermissionSet)]) -> Arc<Grants> {
    let mut grants = Grants::default();
    for (object, permissions) in held {
        grants.add(*object, *permissions);
    }
    Arc::new(grants)
}

#[test]
fn one_more_role_never_takes_an_ability_away() {
    let roles = prop::collection::vec(held(), 0..5);
    let compared = runner(256).run(&(roles, held()), |(roles, more)| {
        let before = abilities(&grants(&roles));
        let mut all = roles;
        all.push(more);
        let after = abilities(&grants(&all));
        let lost: Vec<&String> = before.difference(&after).collect();
        prop_assert!(lost.is_empty(), "{:?}", lost);
        Ok(())
    });
    compared.unwrap();
}

#[test]
fn a_role_on_an_object_opens_nothing_on_another_and_nothing_everywhere() {
    let compared = runner(256).run(&held(), |(object, role)| {
        let Some(object) = object else { return Ok(()) };
        let baseline = abilities(&grants(&[]));
        let able = abilities(&grants(&[(Some(object), role)]));
        let name = format!("Some({object:?})");
        let seen = format!("sees {}", object.columns().1);
        for gained in able.difference(&baseline) {
            prop_assert!(
                gained.ends_with(&name) || gained.ends_with(&seen),
                "{} by a role on {:?}",
                gained,
                object
            );
        }
        Ok(())
    });
    compared.unwrap();
}

/// What the rules leave to everybody who is signed in.
fn baseline() -> BTreeSet<String> {
    let open = |action: &&Action| {
        let rule = rule(**action);
        let site = |place: Place, when: When| place == Place::Site && when == When::Always;
        let asks = rule.needs.iter().any(|need| site(need.place, need.when));
        !asks && !matches!(rule.door, Door::Superuser | Door::Nobody)
    };
    let doors = Action::ALL.iter().filter(open);
    doors.map(|action| format!("{action:?}")).collect()
}

/// A role by its number, given to the user or to the group, on an object or everywhere.
type Step = (usize, bool, Option<Object>);

#[test]
fn who_was_given_roles_and_lost_them_all_is_left_with_what_everybody_may() {
    let galaxy = TestServer::start();
    galaxy.user("ana", &[]);
    let db = galaxy.db();
    let (user, crew) = db
        .write(|tx| {
            let user: i64 =
                tx.query_row("SELECT id FROM user WHERE username = 'ana'", [], |row| {
                    row.get(0)
                })?;
            let crew = groups::create(tx, "crew")?;
            let sql = "INSERT INTO group_member (group_id, user_id) VALUES (?1, ?2)";
            tx.execute(sql, (crew.0, user))?;
            Ok((UserId(user), crew))
        })
        .unwrap();
    let cache = GrantCache::default();
    let able = || abilities(&db.read(|tx| cache.of(tx, user, false)).unwrap());
    let doors = |all: &BTreeSet<String>| -> BTreeSet<String> {
        all.iter()
            .filter(|one| !one.contains(' '))
            .cloned()
            .collect()
    };
    let nothing = able();
    assert_eq!(doors(&nothing), baseline());
    let step = (
        0..LOCKED.len(),
        any::<bool>(),
        prop::option::of(select(objects())),
    );
    let holder = |to_group| match to_group {
        true => Holder::Group(crew),
        false => Holder::User(user),
    };
    let steps = prop::collection::vec(step, 1..8);
    let compared = runner(48).run(&steps, |steps: Vec<Step>| {
        let mut before = able();
        prop_assert_eq!(&before, &nothing);
        for (role, to_group, object) in &steps {
            let name = LOCKED[*role].name;
            db.write(|tx| assignments::assign(tx, holder(*to_group), name, *object))
                .unwrap();
            let after = able();
            prop_assert!(before.is_subset(&after));
            before = after;
        }
        let held: Vec<_> = steps
            .iter()
            .map(|(role, _, object)| (*object, LOCKED[*role].permissions))
            .collect();
        prop_assert_eq!(&before, &abilities(&grants(&held)));
        for (role, to_group, object) in &steps {
            let name = LOCKED[*role].name;
            db.write(|tx| assignments::unassign(tx, holder(*to_group), name, *object))
                .unwrap();
        }
        prop_assert_eq!(able(), nothing.clone());
        Ok(())
    });
    compared.unwrap();
}
