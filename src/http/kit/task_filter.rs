//! What lists of tasks can be narrowed by, which is the same in both families (contract 02, TASK-1; 03, PTK-1).
//!
//! The paths of other objects are the family's to read.

use uuid::Uuid;

use crate::domain::tasks::queries::LockFilter;
use crate::domain::tasks::queries::TaskField;
use crate::domain::tasks::queries::TaskFilter;
use crate::domain::tasks::results::Made;
use crate::http::kit::filter::Filters;
use crate::http::kit::filter::Suffix;
use crate::http::kit::filter::TASK_NAME;
use crate::http::kit::filter::field::Field;
use crate::http::kit::filter::field::Holds;
use crate::http::kit::params::Params;
use crate::kernel::error::Error;
use crate::kernel::error::Result;

/// The words of `domain::tasks::State`.
const STATES: &[&str] = &[
    "waiting",
    "running",
    "completed",
    "failed",
    "canceled",
    "canceling",
    "skipped",
];

/// What the reference knows of the id of a request.
const CORRELATION: &[Suffix] = &[Suffix::Exact, Suffix::Contains];

/// How to read the paths that a filter may name.
pub struct Paths {
    /// Of a task.
    pub task: fn(&str) -> Option<Uuid>,
    /// Of something a task can make.
    pub made: fn(&str) -> Option<Made>,
    /// Of something a task can need, or its resource name.
    pub resource: fn(&str) -> Option<Uuid>,
}

/// Reads the filter, and refuses what it does not know.
pub fn read(params: &Params, paths: &Paths) -> Result<TaskFilter> {
    let fields: &[Field<TaskField>] = &[
        ("", Holds::Itself(paths.task), TaskField::Uuid),
        ("name", Holds::Text(TASK_NAME), TaskField::Name),
        ("state", Holds::Word(STATES), TaskField::State),
        (
            "logging_cid",
            Holds::Text(CORRELATION),
            TaskField::Correlation,
        ),
        ("pulp_created", Holds::Time, TaskField::Created),
        ("pulp_last_updated", Holds::Time, TaskField::Updated),
        ("unblocked_at", Holds::Time, TaskField::Created),
        ("started_at", Holds::Time, TaskField::Started),
        ("finished_at", Holds::Time, TaskField::Finished),
        ("parent_task", Holds::Object(paths.task), TaskField::Parent),
    ];
    let mut filters = Filters::of(params);
    let wrong = |name: &'static str, value: &str| {
        Error::invalid(name, "invalid", format!("URI {value} is not a valid href."))
    };
    let made = filters.raw("created_resources");
    let made = made.map(|path| (paths.made)(path).ok_or_else(|| wrong("created_resources", path)));
    // Tasks have no groups here, and the threads that run them no names.
    let group = filters.raw("task_group").filter(|group| *group != "null");
    let worker = filters.raw("worker").filter(|worker| *worker != "null");
    let filter = TaskFilter {
        fields: filters.fields(fields)?,
        child: filters.one("child_tasks", paths.task)?,
        made: made.transpose()?,
        locks: locks(&mut filters, paths.resource),
        nothing: group.is_some() || worker.is_some(),
        order: filters.ordering(fields)?,
    };
    filters.strict()?;
    Ok(filter)
}

/// The names of the filters on what a task needs, and whether others may share it.
const RESOURCES: &[(&str, Option<bool>)] = &[
    ("reserved_resources", None),
    ("reserved_resources__in", None),
    ("exclusive_resources", Some(false)),
    ("exclusive_resources__in", Some(false)),
    ("shared_resources", Some(true)),
    ("shared_resources__in", Some(true)),
];

/// What is the name of nothing is needed by no task, as in the reference.
fn locks(filters: &mut Filters<'_>, read: fn(&str) -> Option<Uuid>) -> Vec<LockFilter> {
    let wanted = RESOURCES.iter().filter_map(|(name, is_shared)| {
        let value = filters.raw(name)?;
        let uuids = value
            .split(',')
            .filter_map(|one| read(one.trim()))
            .collect();
        Some(LockFilter {
            uuids,
            is_shared: *is_shared,
        })
    });
    wanted.collect()
}
