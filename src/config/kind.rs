//! How the text of a setting becomes a value, and how the value is shown again.
//!
//! Every layer is brought to text first, so a value means the same wherever it was written.
//! Kinds that only one group needs stand with that group; these are the shared ones.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// The most workers or connections that can be asked for: a typing error must not open a
/// million threads.
const COUNT_MAX: usize = 1024;

/// What a password is shown as, whatever its length.
const MASK: &str = "********";

/// One way to write a `T`.
pub(super) struct Kind<T> {
    /// What stands for the value in `--help`.
    pub(super) placeholder: &'static str,
    /// The end of the sentence "… is not": an article, a noun, an example.
    pub(super) expected: &'static str,
    /// How the settings file writes it.
    pub(super) form: Form,
    /// Reads the text; empty text only comes from a flag or the file.
    pub(super) read: fn(&str) -> Option<T>,
    /// Writes the value for `config show`; empty when it is unset.
    pub(super) show: fn(&T) -> String,
}

/// How the settings file writes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text in quotes.
    Text,
    /// Text in quotes that is never shown.
    Secret,
    /// `true` or `false`.
    Switch,
    /// A whole number.
    Number,
    /// A whole number of bytes, or text with a unit.
    Size,
    /// A list of texts, or one text with commas.
    List,
}

impl Form {
    /// The form in words.
    pub(super) fn described(self) -> &'static str {
        match self {
            Self::Text | Self::Secret => "text in quotes",
            Self::Switch => "true or false, without quotes",
            Self::Number => "a whole number, without quotes",
            Self::Size => "a whole number of bytes, or text such as \"512 MiB\"",
            Self::List => "a list such as [\"10.0.0.1\", \"10.1.0.0/16\"]",
        }
    }
}

/// Text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// A path that must be given.
pub(super) const PATH: Kind<PathBuf> = Kind {
    placeholder: "DIR",
    expected: "a path",
    form: Form::Text,
    read: |text| (!text.is_empty()).then(|| PathBuf::from(text)),
    show: |path| path.display().to_string(),
};

/// A path that may be left out.
pub(super) const OPTIONAL_PATH: Kind<Option<PathBuf>> = Kind {
    placeholder: "FILE",
    expected: "a path",
    form: Form::Text,
    read: |text| Some((!text.is_empty()).then(|| PathBuf::from(text))),
    show: |path| {
        path.as_ref()
            .map_or(String::new(), |p| p.display().to_string())
    },
};

/// A secret that may be left out.
pub(super) const OPTIONAL_SECRET: Kind<Option<Secret>> = Kind {
    placeholder: "TEXT",
    expected: "text",
    form: Form::Secret,
    read: |text| Some((!text.is_empty()).then(|| Secret(text.to_owned()))),
    show: |secret| secret.as_ref().map_or(String::new(), |_| MASK.to_owned()),
};

/// On or off.
pub(super) const SWITCH: Kind<bool> = Kind {
    placeholder: "BOOL",
    expected: "true or false (also yes, no, on, off, 1, 0)",
    form: Form::Switch,
    read: switch,
    show: bool::to_string,
};

/// How many of something there shall be.
pub(super) const COUNT: Kind<usize> = Kind {
    placeholder: "NUMBER",
    expected: "a whole number from 1 to 1024",
    form: Form::Number,
    read: |text| whole(text).filter(|count| (1..=COUNT_MAX).contains(count)),
    show: usize::to_string,
};

/// A time in seconds.
pub(super) const SECONDS: Kind<Duration> = Kind {
    placeholder: "SECONDS",
    expected: "a whole number of seconds from 1 up",
    form: Form::Number,
    // 32 bits of seconds are 136 years, and cannot overflow a timestamp.
    read: |text| {
        let seconds = u32::try_from(whole(text)?).ok()?;
        (seconds > 0).then(|| Duration::from_secs(u64::from(seconds)))
    },
    show: |time| time.as_secs().to_string(),
};

/// A time in minutes, or none.
pub(super) const OPTIONAL_MINUTES: Kind<Option<Duration>> = Kind {
    placeholder: "MINUTES",
    expected: "a whole number of minutes, or 0 for no end",
    form: Form::Number,
    read: |text| {
        let minutes = u32::try_from(whole(text)?).ok()?;
        Some((minutes > 0).then(|| Duration::from_secs(60 * u64::from(minutes))))
    },
    show: |time| time.map_or(0, |time| time.as_secs() / 60).to_string(),
};

/// A size in bytes.
pub(super) const BYTES: Kind<u64> = Kind {
    placeholder: "SIZE",
    expected: "a size such as 512 MiB, 2G or 1048576, from 1 byte up",
    form: Form::Size,
    read: bytes,
    show: shown_bytes,
};

/// Reads a whole number without sign; `None` also when it does not fit.
pub(super) fn whole(text: &str) -> Option<usize> {
    // `parse` takes a leading plus, which nobody writes on purpose.
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Any spelling that Python, YAML or a shell user would think of, in any case.
fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// Digits and a unit. `KB` and its like are refused: half of the world takes them for 1000.
fn bytes(text: &str) -> Option<u64> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let shift = match unit.trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kib" => 10,
        "m" | "mib" => 20,
        "g" | "gib" => 30,
        "t" | "tib" => 40,
        _ => return None,
    };
    let number: u64 = digits.parse().ok()?;
    number.checked_mul(1 << shift).filter(|bytes| *bytes > 0)
}

/// The largest unit that loses nothing.
fn shown_bytes(bytes: &u64) -> String {
    let units = [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
    let fitting = units
        .into_iter()
        .find(|(shift, _)| bytes.is_multiple_of(1 << shift));
    match fitting {
        Some((shift, unit)) => format!("{} {unit}", bytes >> shift),
        None => bytes.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_understood_in_every_usual_spelling() {
        for text in ["true", "True", "TRUE", "yes", "On", "1"] {
            assert_eq!(switch(text), Some(true), "{text}");
        }
        for text in ["false", "False", "no", "OFF", "0"] {
            assert_eq!(switch(text), Some(false), "{text}");
        }
        for text in ["", "2", "y", "enabled", "true "] {
            assert_eq!(switch(text), None, "{text}");
        }
    }

    #[test]
    fn a_size_is_digits_and_a_binary_unit() {
        assert_eq!(bytes("1048576"), Some(1 << 20));
        assert_eq!(bytes("512 MiB"), Some(512 << 20));
        assert_eq!(bytes("2g"), Some(2 << 30));
        assert_eq!(bytes("3KiB"), Some(3 << 10));
        for text in ["", "MiB", "0", "-1", "1.5 GiB", "1 KB", "1 MiB x", "+1"] {
            assert_eq!(bytes(text), None, "{text}");
        }
        assert_eq!(bytes("99999999999 GiB"), None, "more than fits");
        assert_eq!(bytes("99999999999999999999"), None, "more than fits");
    }

    #[test]
    fn a_size_is_shown_as_one_writes_it() {
        assert_eq!(shown_bytes(&(512 << 20)), "512 MiB");
        assert_eq!(shown_bytes(&(1 << 30)), "1 GiB");
        assert_eq!(shown_bytes(&1500), "1500");
    }

    #[test]
    fn a_time_is_whole_seconds() {
        assert_eq!(
            (SECONDS.read)("1209600"),
            Some(Duration::from_secs(1_209_600))
        );
        assert_eq!((SECONDS.show)(&Duration::from_secs(30)), "30");
        for text in ["", "0", "-1", "1.5", "30s", "4294967296"] {
            assert_eq!((SECONDS.read)(text), None, "{text}");
        }
    }

    #[test]
    fn a_count_starts_at_one_and_ends_somewhere() {
        assert_eq!((COUNT.read)("1"), Some(1));
        assert_eq!((COUNT.read)("1024"), Some(1024));
        for text in ["", "0", "1025", "-1", "+1", "two"] {
            assert_eq!((COUNT.read)(text), None, "{text}");
        }
    }
}
