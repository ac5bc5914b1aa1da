//! Pages of lists on the wire: the four shapes of contract 01 §1.4.
//!
//! | shape | where | asks with | links |
//! |---|---|---|---|
//! | [`galaxy`] (G) | v3, `_ui/v1`, search | `limit`, `offset` | path and query |
//! | [`pulp`] (P) | pulp, per-repository namespaces, v1 imports | `limit`, `offset` | absolute |
//! | [`numbered`] (V1) | v1 roles, users, namespaces | `page`, `page_size` | absolute |
//! | [`numbered`] (D) | `_ui/v2` | `page`, `page_size` | path and query |

pub mod galaxy;
pub mod numbered;
pub mod pulp;

use crate::http::kit::params::Params;
use crate::kernel::page::Window;

/// The numbers called `limit` and `offset`. What is no number, or negative, counts as absent, and so does a
/// limit of zero; a limit over `max` is `max`.
fn offset_window(params: &Params, default: u64, max: u64) -> Window {
    let number = |name| {
        params
            .last(name)
            .and_then(|text| text.trim().parse::<u64>().ok())
    };
    let limit = number("limit")
        .filter(|limit| *limit > 0)
        .unwrap_or(default)
        .min(max);
    Window {
        offset: number("offset").unwrap_or(0),
        limit,
    }
}

/// The links of a page by offset: the one before and the one after. The reference drops the offset of a
/// previous page that is the first.
fn offset_neighbours(
    total: u64,
    Window { offset, limit }: Window,
    path: &str,
    params: &Params,
) -> (Option<String>, Option<String>) {
    let before = offset.saturating_sub(limit);
    let after = offset.saturating_add(limit);
    let previous =
        (offset > 0).then(|| offset_link(path, params, limit, (before > 0).then_some(before)));
    let next = (after < total).then(|| offset_link(path, params, limit, Some(after)));
    (previous, next)
}

fn offset_link(path: &str, params: &Params, limit: u64, offset: Option<u64>) -> String {
    format!(
        "{path}?{}",
        params.with(&[("limit", Some(limit)), ("offset", offset)])
    )
}
