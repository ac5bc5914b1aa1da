//! What one setting is made of.
//!
//! [`Setting`] is the typed declaration that a value is read with; [`Row`] is the same without
//! its type, so that all of them fit into one table.

use crate::config::kind::Form;
use crate::config::kind::Kind;

/// One setting that yields a `T`.
pub(super) struct Setting<T: 'static> {
    /// The key in the settings file.
    pub(super) key: &'static str,
    /// The environment variable.
    pub(super) variable: Variable,
    /// The heading of the help it stands under.
    pub(super) section: &'static str,
    /// The value when nobody gives one.
    pub(super) default: Fallback,
    /// A sentence for `--help`, without a full stop.
    pub(super) meaning: &'static str,
    /// How its text becomes a value.
    pub(super) kind: &'static Kind<T>,
}

impl<T> Setting<T> {
    /// The declaration without its type.
    pub(super) const fn row(&self) -> Row {
        Row {
            key: self.key,
            variable: self.variable,
            section: self.section,
            default: self.default,
            meaning: self.meaning,
            placeholder: self.kind.placeholder,
            form: self.kind.form,
        }
    }
}

/// One line of the table of settings.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The key in the settings file.
    pub key: &'static str,
    /// The environment variable.
    pub variable: Variable,
    /// The heading of the help it stands under.
    pub section: &'static str,
    /// The value when nobody gives one.
    pub default: Fallback,
    /// A sentence for `--help`, without a full stop.
    pub meaning: &'static str,
    /// What stands for the value in `--help`.
    pub placeholder: &'static str,
    /// How the settings file writes it.
    pub form: Form,
}

impl Row {
    /// The name of the flag, without the two dashes.
    pub fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    /// True when the value must not be printed.
    pub fn is_secret(&self) -> bool {
        self.form == Form::Secret
    }
}

/// The environment variable of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// A name of this edition.
    Own(&'static str),
    /// A name of Galaxy NG. Its installations export it with `PULP_` in front, because its
    /// settings are read through Pulp; both spellings count, the plain one first.
    Reference(&'static str),
}

impl Variable {
    /// The name as the documentation gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Own(name) | Self::Reference(name) => name,
        }
    }

    /// Every name that is looked up, the strongest first.
    pub fn spellings(self) -> Vec<String> {
        match self {
            Self::Own(name) => vec![name.to_owned()],
            Self::Reference(name) => vec![name.to_owned(), format!("PULP_{name}")],
        }
    }
}

/// The value of a setting that nobody gave.
#[derive(Debug, Clone, Copy)]
pub enum Fallback {
    /// There is none.
    Unset,
    /// Always the same.
    Fixed(&'static str),
    /// Depends on the machine.
    Computed {
        /// What `--help` says, which must not differ between machines.
        described: &'static str,
        /// The value on this machine.
        value: fn() -> usize,
    },
}

impl Fallback {
    /// The value as text; empty when there is none.
    pub(super) fn text(self) -> String {
        match self {
            Self::Unset => String::new(),
            Self::Fixed(text) => text.to_owned(),
            Self::Computed { value, .. } => value().to_string(),
        }
    }

    /// What `--help` says, `None` when there is no value.
    pub fn described(self) -> Option<&'static str> {
        match self {
            Self::Unset => None,
            Self::Fixed(text) => Some(text),
            Self::Computed { described, .. } => Some(described),
        }
    }
}
