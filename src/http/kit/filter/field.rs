//! Fields that a strict list can be narrowed and sorted by: one table for each list, read by one function.

use uuid::Uuid;

use crate::http::kit::asked::Form;
use crate::http::kit::filter::NO_PATTERN;
use crate::http::kit::filter::Suffix;
use crate::http::kit::params::Params;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Blame;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;
use crate::kernel::filter::Condition;
use crate::kernel::filter::Expression;
use crate::kernel::filter::NumberFilter;
use crate::kernel::filter::SortKey;
use crate::kernel::filter::TextFilter;

/// What a field holds, which says how it can be compared.
#[derive(Debug, Clone, Copy)]
pub enum Holds {
    /// A text, compared in these ways.
    Text(&'static [Suffix]),
    /// A whole number: `__ne, __lt, __lte, __gt, __gte, __range, __in, __isnull`.
    Number,
    /// A time: the same.
    Time,
    /// True or false.
    Flag,
    /// One of these words: also `__in` and `__ne`.
    Word(&'static [&'static str]),
    /// Another object by its path, which this function reads, also `__in`, or `null`; the column has its UUID.
    Object(fn(&str) -> Option<Uuid>),
    /// The thing itself, by a list of paths, which this function reads, of ids or of resource names, whatever the
    /// name of the field is; the column has its UUID.
    Itself(fn(&str) -> Option<Uuid>),
}

impl Holds {
    /// Whether a list can be sorted by it.
    const fn is_sortable(self) -> bool {
        !matches!(self, Self::Object(_) | Self::Itself(_))
    }
}

/// A field: what the family calls it, what it holds, and what the noun calls it.
pub type Field<F> = (&'static str, Holds, F);

/// Most values in a comma list.
const VALUES_MAX: usize = 1000;

/// The endings of a name of a field that holds numbers or times.
const ORDERED: &[&str] = &[
    "", "__ne", "__lt", "__lte", "__gt", "__gte", "__range", "__in", "__isnull",
];

/// The names that every list of the pulp family knows for the things in it.
const ITSELF: &[&str] = &["pulp_href__in", "pulp_id__in", "prn__in"];

/// Every name under which a field can be asked for.
pub fn names<F>((name, holds, _): &Field<F>) -> Vec<String> {
    let with = |endings: &[&str]| {
        endings
            .iter()
            .map(|ending| format!("{name}{ending}"))
            .collect()
    };
    match holds {
        Holds::Text(suffixes) => suffixes
            .iter()
            .map(|suffix| format!("{name}{}", suffix.text()))
            .collect(),
        Holds::Number | Holds::Time => with(ORDERED),
        Holds::Flag => with(&[""]),
        Holds::Word(_) => with(&["", "__in", "__ne"]),
        Holds::Object(_) => with(&["", "__in"]),
        Holds::Itself(_) => ITSELF.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// What the values of one of those names may be.
pub fn form<F>((own, holds, _): &Field<F>, name: &str) -> Form {
    let one = match holds {
        Holds::Number => Form::Number,
        Holds::Time => Form::Time,
        Holds::Flag => Form::Flag,
        Holds::Word(words) => Form::Word(words.iter().map(|word| (*word).to_owned()).collect()),
        Holds::Text(_) | Holds::Object(_) | Holds::Itself(_) => Form::Text,
    };
    match name.strip_prefix(own).unwrap_or(name) {
        "__isnull" => Form::Flag,
        ending if ending.ends_with("__in") || ending == "__range" => Form::Commas(Box::new(one)),
        _ => one,
    }
}

/// What `ordering` may be.
pub fn sorts<F>(fields: &[Field<F>]) -> Form {
    let sortable = fields.iter().filter(|(_, holds, _)| holds.is_sortable());
    let words = sortable.flat_map(|(name, ..)| [(*name).to_owned(), format!("-{name}")]);
    Form::Commas(Box::new(Form::Word(words.collect())))
}

/// The condition that `name` and its value put on a field; `None` if the name is not one of the field's, or the value
/// is one that counts as absent. Fails if it makes no sense.
pub fn condition<F: Copy>(
    field: &Field<F>,
    name: &str,
    value: &str,
) -> Result<Option<Expression<F>>> {
    let (own, holds, noun) = *field;
    let wrong = |message: &str| {
        let blame = Blame::Field(name.to_owned().into());
        Error::Invalid(vec![Fault::of(blame, "invalid", message)])
    };
    if let Holds::Itself(read) = holds {
        let condition = Condition::Text(itself(name, value, read, wrong)?);
        return Ok(Some(Expression::Is(noun, condition)));
    }
    let Some(ending) = name.strip_prefix(own) else {
        return Ok(None);
    };
    let condition = match holds {
        Holds::Itself(_) => None, // above
        Holds::Text(suffixes) => {
            let suffix = suffixes.iter().find(|suffix| suffix.text() == ending);
            let filter = suffix.map(|suffix| suffix.filter(value).ok_or_else(|| wrong(NO_PATTERN)));
            filter.transpose()?.map(Condition::Text)
        }
        Holds::Number => {
            let number = |text: &str| text.trim().parse().map_err(|_| wrong("Enter a number."));
            ordered(ending, value, number)?
        }
        Holds::Time => {
            let time = |text: &str| {
                let time = Timestamp::parse(text.trim());
                time.map(|time| time.0)
                    .ok_or_else(|| wrong("Enter a valid date/time."))
            };
            ordered(ending, value, time)?
        }
        Holds::Flag if ending.is_empty() => Params::truth(value).map(Condition::Flag),
        Holds::Flag => None,
        Holds::Word(words) => word(ending, value, words, wrong)?.map(Condition::Text),
        Holds::Object(read) => object(ending, value, read, wrong)?,
    };
    Ok(condition.map(|condition| Expression::Is(noun, condition)))
}

fn ordered(
    ending: &str,
    value: &str,
    read: impl Fn(&str) -> Result<i64>,
) -> Result<Option<Condition>> {
    let number = match ending {
        "" => NumberFilter::Is(read(value)?),
        "__ne" => NumberFilter::IsNot(read(value)?),
        "__lt" => NumberFilter::Below(read(value)?),
        "__lte" => NumberFilter::AtMost(read(value)?),
        "__gt" => NumberFilter::Above(read(value)?),
        "__gte" => NumberFilter::AtLeast(read(value)?),
        "__in" => NumberFilter::In(split(value).map(read).collect::<Result<_>>()?),
        "__range" => {
            // A missing half is read as an empty text, and told as one.
            let (first, last) = value.split_once(',').unwrap_or((value, ""));
            NumberFilter::Within(read(first)?, read(last)?)
        }
        "__isnull" => return Ok(Params::truth(value).map(Condition::Absent)),
        _ => return Ok(None),
    };
    Ok(Some(Condition::Number(number)))
}

fn word(
    ending: &str,
    value: &str,
    words: &[&str],
    wrong: impl Fn(&str) -> Error,
) -> Result<Option<TextFilter>> {
    let known = |word: &str| match words.contains(&word) {
        true => Ok(word.to_owned()),
        false => {
            let message =
                format!("Select a valid choice. {word} is not one of the available choices.");
            Err(wrong(&message))
        }
    };
    Ok(match ending {
        "" => Some(TextFilter::Is(known(value)?)),
        "__ne" => Some(TextFilter::IsNot(known(value)?)),
        "__in" => Some(TextFilter::In(
            split(value).map(known).collect::<Result<_>>()?,
        )),
        _ => None,
    })
}

fn object(
    ending: &str,
    value: &str,
    read: fn(&str) -> Option<Uuid>,
    wrong: impl Fn(&str) -> Error,
) -> Result<Option<Condition>> {
    let uuid = |href: &str| {
        let uuid = read(href).map(|uuid| uuid.to_string());
        uuid.ok_or_else(|| wrong(&format!("URI {href} is not a valid href.")))
    };
    Ok(match ending {
        "" if value == "null" => Some(Condition::Absent(true)),
        "" => Some(Condition::Text(TextFilter::Is(uuid(value)?))),
        "__in" => {
            let all = split(value).map(uuid).collect::<Result<_>>()?;
            Some(Condition::Text(TextFilter::In(all)))
        }
        _ => None,
    })
}

fn itself(
    name: &str,
    value: &str,
    read: fn(&str) -> Option<Uuid>,
    wrong: impl Fn(&str) -> Error,
) -> Result<TextFilter> {
    let uuid = |text: &str| match name {
        "pulp_href__in" => {
            read(text).ok_or_else(|| wrong(&format!("URI {text} is not a valid href.")))
        }
        "pulp_id__in" => text.parse().map_err(|_| wrong("Enter a valid UUID.")),
        // A resource name of another kind is that of nothing in this list.
        _ => Ok(text
            .rsplit(':')
            .next()
            .and_then(|id| id.parse().ok())
            .unwrap_or_default()),
    };
    let all = split(value).map(|text| Ok(uuid(text)?.to_string()));
    Ok(TextFilter::In(all.collect::<Result<_>>()?))
}

/// The elements of a comma list, as many as are taken.
fn split(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).take(VALUES_MAX)
}

/// What `ordering` asks for: a comma list of fields, `-` for backwards.
pub fn ordering<F: Copy>(text: &str, known: &[Field<F>]) -> Result<Vec<SortKey<F>>> {
    let key = |part: &str| {
        let name = part.strip_prefix('-').unwrap_or(part);
        let found = known
            .iter()
            .find(|(own, holds, _)| *own == name && holds.is_sortable());
        let (_, _, field) = found.ok_or_else(|| {
            let message =
                format!("Select a valid choice. {part} is not one of the available choices.");
            Error::invalid("ordering", "invalid_choice", message)
        })?;
        Ok(SortKey {
            field: *field,
            descending: part.starts_with('-'),
        })
    };
    split(text)
        .filter(|part| !part.is_empty())
        .take(known.len())
        .map(key)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::kit::filter::PULP_NAME;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Of {
        Name,
        Created,
        State,
        Remote,
    }

    const FIELDS: &[Field<Of>] = &[
        ("name", Holds::Text(PULP_NAME), Of::Name),
        ("pulp_created", Holds::Time, Of::Created),
        ("state", Holds::Word(&["on", "off"]), Of::State),
        ("remote", Holds::Object(remote), Of::Remote),
    ];

    fn remote(path: &str) -> Option<Uuid> {
        path.strip_prefix("/remotes/")?.parse().ok()
    }

    fn read(name: &str, value: &str) -> Result<Option<Expression<Of>>> {
        let field = FIELDS
            .iter()
            .find(|field| names(field).contains(&name.to_owned()));
        condition(field.unwrap(), name, value)
    }

    #[test]
    fn conditions_are_read_by_what_a_field_holds() {
        let is = |field, condition| Some(Expression::Is(field, condition));
        let day = 86_400_000_000;
        let read = |name, value| read(name, value).unwrap();
        let within = Condition::Number(NumberFilter::Within(0, day));
        assert_eq!(
            read(
                "pulp_created__range",
                "1970-01-01T00:00:00Z,1970-01-02T00:00:00Z"
            ),
            is(Of::Created, within)
        );
        assert_eq!(
            read("pulp_created__isnull", "true"),
            is(Of::Created, Condition::Absent(true))
        );
        assert_eq!(read("pulp_created__isnull", "perhaps"), None);
        let words = TextFilter::In(vec!["on".to_owned(), "off".to_owned()]);
        assert_eq!(
            read("state__in", "on,off"),
            is(Of::State, Condition::Text(words))
        );
        assert_eq!(
            read("remote", "null"),
            is(Of::Remote, Condition::Absent(true))
        );
        let uuid = "01a207a1-7c23-70fc-9d1d-3ce9cf78fe7e";
        let path = format!("/remotes/{uuid}");
        let remote = Condition::Text(TextFilter::Is(uuid.to_owned()));
        assert_eq!(read("remote", &path), is(Of::Remote, remote));
    }

    #[test]
    fn what_makes_no_sense_is_a_fault_of_the_name_it_came_by() {
        for (name, value, told) in [
            ("pulp_created__gt", "yesterday", "Enter a valid date/time."),
            (
                "pulp_created__range",
                "1970-01-01T00:00:00Z",
                "Enter a valid date/time.",
            ),
            (
                "state__in",
                "on,up",
                "Select a valid choice. up is not one of the available choices.",
            ),
            ("remote", "/x/", "URI /x/ is not a valid href."),
            ("name__regex", "(", "Enter a valid regular expression."),
        ] {
            let Err(Error::Invalid(faults)) = read(name, value) else {
                panic!("{name}")
            };
            assert_eq!(faults[0].message, told);
            assert_eq!(faults[0].blame, Blame::Field(name.into()));
        }
    }

    #[test]
    fn a_list_is_sorted_by_several_fields() {
        let keys = ordering("-name,pulp_created", FIELDS).unwrap();
        let expected = [
            SortKey {
                field: Of::Name,
                descending: true,
            },
            SortKey {
                field: Of::Created,
                descending: false,
            },
        ];
        assert_eq!(keys, expected);
        assert!(ordering("nope", FIELDS).is_err() && ordering("remote", FIELDS).is_err());
        assert!(ordering("", FIELDS).unwrap().is_empty());
    }
}
