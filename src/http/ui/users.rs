//! What the lists of users of both versions can be narrowed to and sorted by.

use crate::domain::accounts::users::profiles::UserFilter;
use crate::domain::accounts::users::profiles::UserOrder;
use crate::http::kit::filter::Filters;
use crate::http::kit::filter::Suffix;
use crate::http::kit::filter::UI_TEXT;
use crate::http::kit::params::Params;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Error;
use crate::kernel::error::Result;

const ORDERS: &[(&str, UserOrder)] = &[
    ("username", UserOrder::Username),
    ("-username", UserOrder::UsernameDescending),
    ("email", UserOrder::Email),
    ("-email", UserOrder::EmailDescending),
    ("first_name", UserOrder::FirstName),
    ("-first_name", UserOrder::FirstNameDescending),
    ("last_name", UserOrder::LastName),
    ("-last_name", UserOrder::LastNameDescending),
    ("date_joined", UserOrder::Joined),
    ("-date_joined", UserOrder::JoinedDescending),
];

/// The filters both know; `names` is how usernames can be compared. Neither refuses what it does not know.
pub(super) fn filter(params: &Params, names: &[Suffix]) -> Result<UserFilter> {
    let mut filters = Filters::of(params);
    let joined = params.last("date_joined").map(|text| {
        Timestamp::parse(text)
            .ok_or_else(|| Error::invalid("date_joined", "invalid", "Enter a valid date/time."))
    });
    Ok(UserFilter {
        username: filters.text("username", names),
        first_name: filters.text("first_name", UI_TEXT),
        last_name: filters.text("last_name", UI_TEXT),
        email: filters.text("email", UI_TEXT),
        joined: joined.transpose()?,
        order: params.order("sort", ORDERS)?,
        ..UserFilter::default()
    })
}
