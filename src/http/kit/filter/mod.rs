//! Filters by the names the families give them: `name`, `name__icontains`, `id__in` (contract 01 §1.5).

pub mod field;
mod labels;
mod query;

use uuid::Uuid;

use crate::http::kit::asked::Form;
use crate::http::kit::filter::field::Field;
use crate::http::kit::params::Params;
use crate::kernel::error::Blame;
use crate::kernel::error::Error;
use crate::kernel::error::Fault;
use crate::kernel::error::Result;
use crate::kernel::filter::Expression;
use crate::kernel::filter::LabelTerm;
use crate::kernel::filter::SortKey;
use crate::kernel::filter::TextFilter;
use crate::kernel::pattern;

/// How a field can be compared: what follows its name after two underscores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suffix {
    /// Nothing follows.
    Exact,
    /// `__iexact`
    IExact,
    /// `__in`
    In,
    /// `__contains`
    Contains,
    /// `__icontains`
    IContains,
    /// `__startswith`
    StartsWith,
    /// `__istartswith`
    IStartsWith,
    /// `__regex`
    Regex,
    /// `__iregex`
    IRegex,
    /// `__ne`
    Not,
}

use Suffix::Contains;
use Suffix::Exact;
use Suffix::IContains;
use Suffix::IExact;
use Suffix::IRegex;
use Suffix::IStartsWith;
use Suffix::In;
use Suffix::Not;
use Suffix::Regex;
use Suffix::StartsWith;

/// What the pulp family knows of a name.
pub const PULP_NAME: &[Suffix] = &[
    Exact,
    IExact,
    In,
    Contains,
    IContains,
    StartsWith,
    IStartsWith,
    Regex,
    IRegex,
];
/// What it knows of the name of a task.
pub const TASK_NAME: &[Suffix] = &[
    Exact,
    IExact,
    In,
    Not,
    Contains,
    IContains,
    StartsWith,
    IStartsWith,
    Regex,
    IRegex,
];
/// What the pulp family knows of the role that was given.
pub const PULP_ROLE: &[Suffix] = &[Exact, In, Contains, IContains, StartsWith];
/// What `_ui/v1` knows of most texts.
pub const UI_TEXT: &[Suffix] = &[Exact, Contains, StartsWith];
/// What `_ui/v1` knows of a group's name.
pub const UI_NAME: &[Suffix] = &[Exact, Contains, IContains, StartsWith];

impl Suffix {
    const fn text(self) -> &'static str {
        match self {
            Exact => "",
            IExact => "__iexact",
            In => "__in",
            Contains => "__contains",
            IContains => "__icontains",
            StartsWith => "__startswith",
            IStartsWith => "__istartswith",
            Regex => "__regex",
            IRegex => "__iregex",
            Not => "__ne",
        }
    }

    fn form(self) -> Form {
        match self {
            In => Form::Commas(Box::new(Form::Text)),
            _ => Form::Text,
        }
    }

    /// The condition; `None` for a pattern that is none.
    fn filter(self, value: &str) -> Option<TextFilter> {
        let matches = |pattern: String| {
            pattern::read(&pattern)?;
            Some(TextFilter::Matches(pattern))
        };
        Some(match self {
            Exact => TextFilter::Is(value.to_owned()),
            IExact => TextFilter::IsAnyCase(value.to_owned()),
            In => TextFilter::In(value.split(',').map(str::to_owned).collect()),
            Contains => TextFilter::Contains(value.to_owned()),
            IContains => TextFilter::ContainsAnyCase(value.to_owned()),
            StartsWith => TextFilter::StartsWith(value.to_owned()),
            IStartsWith => TextFilter::StartsWithAnyCase(value.to_owned()),
            Regex => return matches(value.to_owned()),
            IRegex => return matches(pattern::in_any_case(value)),
            Not => TextFilter::IsNot(value.to_owned()),
        })
    }
}

/// Reads filters out of the parameters, and remembers which names it was asked for.
pub struct Filters<'p> {
    params: &'p Params,
    known: Vec<String>,
    faults: Vec<Fault>,
}

/// What is told of a pattern that is none.
const NO_PATTERN: &str = "Enter a valid regular expression.";

impl<'p> Filters<'p> {
    /// Filters of a request.
    pub fn of(params: &'p Params) -> Self {
        Self {
            params,
            known: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Every condition on the text called `field`; empty values count as absent. What makes no sense is told by
    /// [`Filters::strict`].
    pub fn text(&mut self, field: &str, suffixes: &[Suffix]) -> Vec<TextFilter> {
        let mut found = Vec::new();
        for suffix in suffixes {
            let name = format!("{field}{}", suffix.text());
            self.params.note(&name, || suffix.form());
            match self.params.last(&name).map(|value| suffix.filter(value)) {
                Some(Some(condition)) => found.push(condition),
                Some(None) => {
                    let blame = Blame::Field(name.clone().into());
                    self.faults.push(Fault::of(blame, "invalid", NO_PATTERN));
                }
                None => {}
            }
            self.known.push(name);
        }
        found
    }

    /// The numbers that `field` may be: one by its name, several by `__in`. What is no number is a fault.
    pub fn numbers(&mut self, field: &'static str) -> Result<Option<Vec<i64>>> {
        let list = format!("{field}__in");
        self.params.note(field, || Form::Number);
        self.params
            .note(&list, || Form::Commas(Box::new(Form::Number)));
        let text = self.params.last(field).or_else(|| self.params.last(&list));
        self.known.extend([field.to_owned(), list.clone()]);
        let parse = |text: &str| -> Option<Vec<i64>> {
            text.split(',')
                .map(|part| part.trim().parse().ok())
                .collect()
        };
        text.map(|text| {
            parse(text).ok_or_else(|| Error::invalid(field, "invalid", "Enter a number."))
        })
        .transpose()
    }

    /// The boolean called `field`; what is none counts as absent.
    pub fn boolean(&mut self, field: &str) -> Option<bool> {
        self.known.push(field.to_owned());
        self.params.boolean(field)
    }

    /// Every condition on the fields of a list, those of `q` too. Fails if one makes no sense.
    pub fn fields<F: Copy>(&mut self, fields: &[Field<F>]) -> Result<Expression<F>> {
        let found = self.fields_without_q(fields)?;
        match self.raw("q") {
            None => Ok(found),
            Some(text) => Ok(Expression::All(vec![found, query::parse(text, fields)?])),
        }
    }

    /// As [`Filters::fields`], for lists whose `q` is something else.
    pub fn fields_without_q<F: Copy>(&mut self, fields: &[Field<F>]) -> Result<Expression<F>> {
        let mut found = Vec::new();
        for field in fields {
            for name in field::names(field) {
                self.params.note(&name, || field::form(field, &name));
                if let Some(value) = self.params.last(&name) {
                    found.extend(field::condition(field, &name, value)?);
                }
                self.known.push(name);
            }
        }
        Ok(Expression::All(found))
    }

    /// What `ordering` asks for; nothing if it is absent.
    pub fn ordering<F: Copy>(&self, fields: &[Field<F>]) -> Result<Vec<SortKey<F>>> {
        self.params.note("ordering", || field::sorts(fields));
        field::ordering(self.params.last("ordering").unwrap_or_default(), fields)
    }

    /// The label expression called `name`; none if it is absent.
    pub fn labels(&mut self, name: &str) -> Result<Vec<LabelTerm>> {
        self.raw(name).map_or(Ok(Vec::new()), labels::parse)
    }

    /// The one thing that the path called `name` is the path of, as `read` reads it.
    pub fn one(
        &mut self,
        name: &'static str,
        read: fn(&str) -> Option<Uuid>,
    ) -> Result<Option<Uuid>> {
        self.raw(name)
            .map(|path| found(name, path, read))
            .transpose()
    }

    /// As [`Filters::one`], for a comma list of paths.
    pub fn several(
        &mut self,
        name: &'static str,
        read: fn(&str) -> Option<Uuid>,
    ) -> Result<Option<Vec<Uuid>>> {
        let all = |list: &str| {
            list.split(',')
                .map(|path| found(name, path, read))
                .collect()
        };
        self.params
            .note(name, || Form::Commas(Box::new(Form::Text)));
        self.raw(name).map(all).transpose()
    }

    /// The value of `field` as it is.
    pub fn raw(&mut self, field: &str) -> Option<&'p str> {
        self.known.push(field.to_owned());
        self.params.last(field)
    }

    /// Refuses every parameter that nothing above asked for and no list knows, and what made no sense of the others: for
    /// the strict families.
    pub fn strict(self) -> Result<()> {
        let known: Vec<&str> = self.known.iter().map(String::as_str).collect();
        self.params.only(&known)?;
        match self.faults.is_empty() {
            true => Ok(()),
            false => Err(Error::Invalid(self.faults)),
        }
    }
}

fn found(name: &'static str, path: &str, read: fn(&str) -> Option<Uuid>) -> Result<Uuid> {
    let wrong = || Error::invalid(name, "invalid", format!("URI {path} is not a valid href."));
    read(path).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_by_name_and_suffix_and_the_rest_is_refused() {
        let params = Params::of("name__in=a,b&name__icontains=X&id__in=1,2&limit=3");
        let mut filters = Filters::of(&params);
        let name = filters.text("name", PULP_NAME);
        let [several, part] = &name[..] else {
            panic!("{name:?}")
        };
        assert_eq!(
            *several,
            TextFilter::In(vec!["a".to_owned(), "b".to_owned()])
        );
        assert_eq!(*part, TextFilter::ContainsAnyCase("X".to_owned()));
        assert_eq!(filters.numbers("id").unwrap(), Some(vec![1, 2]));
        assert!(filters.strict().is_ok());
        for wrong in ["name__ne=a", "name__regex=(", "name__iregex=*"] {
            let params = Params::of(wrong);
            let mut filters = Filters::of(&params);
            assert!(filters.text("name", PULP_NAME).is_empty());
            assert!(filters.strict().is_err(), "{wrong}");
        }
        let params = Params::of("name__regex=^a&name__iregex=B");
        let mut filters = Filters::of(&params);
        let matches = |text: &str| TextFilter::Matches(text.to_owned());
        let found = [matches("^a"), matches("(?i)B")];
        assert_eq!(filters.text("name", PULP_NAME), found);
    }

    #[test]
    fn what_is_no_number_is_a_fault() {
        let params = Params::of("id=x");
        assert!(Filters::of(&params).numbers("id").is_err());
    }
}
