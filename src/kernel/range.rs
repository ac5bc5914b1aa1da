//! Version ranges: what a collection may say about the versions of its dependencies.
//!
//! The grammar and its meaning are those of `SimpleSpec` of the Python package `semantic_version`,
//! which decides on the reference what a dependency may ask for (contract 06 §6.3).
//! Start reading at [`VersionRange::parse`].

use std::cmp::Ordering;
use std::fmt;

use crate::kernel::version::Version;
use crate::kernel::version::all_digits;
use crate::kernel::version::is_identifier;
use crate::kernel::version::is_number;

/// A range such as `>=1.0.0,<2.0.0`: versions must satisfy every part.
///
/// Operators are `==` (also `=` or nothing), `!=`, `<`, `<=`, `>`, `>=`, `^`, `~` and `~=`;
/// `*` is the same as `>=0.0.0`; `1`, `1.2` and `1.2.*` stand for all they begin. No blanks anywhere.
/// Pre-releases of the very version after `<` or `!=` do not match: `<2.0.0` leaves out `2.0.0-rc.1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRange {
    text: String,
    /// All must hold, and each holds if one of its bounds does: `!=1.2` is below `1.2.0` or from `1.3.0` on.
    parts: Vec<Vec<Bound>>,
}

impl VersionRange {
    /// Longest text, in bytes. The reference has no limit, but a range of millions of parts costs memory.
    pub const MAX_LENGTH: usize = 1024;

    /// Reads a range; `None` if `text` is not one, is empty or too long.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > Self::MAX_LENGTH {
            return None;
        }
        let mut parts = Vec::new();
        for block in text.split(',') {
            parts.extend(Block::parse(block)?.parts()?);
        }
        let text = text.to_owned();
        Some(Self { text, parts })
    }

    /// Whether `version` lies in the range. Build metadata counts only where the range names some.
    pub fn matches(&self, version: &Version) -> bool {
        let holds = |part: &Vec<Bound>| part.iter().any(|bound| bound.admits(version));
        self.parts.iter().all(holds)
    }
}

/// The range as it was written.
impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Caret,
    Tilde,
    Compatible,
}

/// Longest first, so that `<=` is not read as `<`.
const OPERATORS: [(&str, Operator); 11] = [
    ("==", Operator::Equal),
    ("!=", Operator::Unequal),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("~=", Operator::Compatible),
    ("=", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("^", Operator::Caret),
    ("~", Operator::Tilde),
    ("", Operator::Equal),
];

/// A comparison with one version.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bound {
    /// Never one of the three shorthands `^`, `~` and `~=`.
    operator: Operator,
    target: Target,
    /// Build metadata that must be the same, `None` if it counts for nothing.
    build: Option<String>,
    /// `<1.2.3-` and `!=1.2.3-`: pre-releases of the target itself are in, too.
    own_prereleases: bool,
}

impl Bound {
    fn new(operator: Operator, target: Target) -> Self {
        let (build, own_prereleases) = (None, false);
        Self {
            operator,
            target,
            build,
            own_prereleases,
        }
    }

    fn admits(&self, version: &Version) -> bool {
        let order = self.target.order(version);
        let same_build = self.build.as_deref().is_none_or(|b| b == version.build());
        match self.operator {
            Operator::Equal => order.is_eq() && same_build,
            Operator::Unequal if self.build.is_some() => !(order.is_eq() && same_build),
            Operator::Unequal => order.is_ne() && !self.leaves_out(version),
            Operator::Less => order.is_lt() && !self.leaves_out(version),
            Operator::LessOrEqual => order.is_le(),
            Operator::Greater => order.is_gt(),
            _ => order.is_ge(),
        }
    }

    /// Whether `version` is a pre-release of the release that the bound names.
    fn leaves_out(&self, version: &Version) -> bool {
        !self.own_prereleases
            && version.is_prerelease()
            && self.target.pre.is_empty()
            && self.target.core == version.core()
    }
}

/// A version a range names: numbers as digits, since they may have any length.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    core: [String; 3],
    pre: String,
}

impl Target {
    /// How `version` stands to this one, build metadata aside.
    fn order(&self, version: &Version) -> Ordering {
        let numbers = version.core().into_iter().zip(&self.core);
        numbers
            .map(|(theirs, ours)| number_order(theirs, ours))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| pre_order(version.pre(), &self.pre))
    }

    /// The next version whose numbers after `place` are zero; for a pre-release that may be its own release.
    fn next(&self, place: usize) -> Self {
        let mut core = self.core.clone();
        let is_round = core[place + 1..].iter().all(|n| n == "0");
        if self.pre.is_empty() || !is_round {
            core[place] = increment(&core[place]);
            core[place + 1..].fill("0".to_owned());
        }
        let pre = String::new();
        Self { core, pre }
    }
}

/// What stands between two commas.
struct Block<'a> {
    operator: Operator,
    /// How many of the three numbers are given; `1.*.3` gives one.
    given: usize,
    target: Target,
    pre: Option<&'a str>,
    build: Option<&'a str>,
}

impl<'a> Block<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (operator, rest) = OPERATORS
            .into_iter()
            .find_map(|(sign, operator)| Some((operator, text.strip_prefix(sign)?)))?;
        let (rest, build) = cut(rest, '+');
        let (core, pre) = cut(rest, '-');
        let numbers: Vec<&str> = core.split('.').collect();
        if numbers.len() > 3 || !numbers.iter().all(|n| *n == "*" || is_number(n)) {
            return None;
        }
        let given = numbers.iter().take_while(|n| **n != "*").count();
        let block = Self {
            operator,
            given,
            target: Target {
                core: std::array::from_fn(|i| if i < given { numbers[i] } else { "0" }.to_owned()),
                pre: pre.unwrap_or_default().to_owned(),
            },
            pre,
            build,
        };
        block.is_sound().then_some(block)
    }

    fn is_sound(&self) -> bool {
        let pre = self.pre.unwrap_or_default();
        let build = self.build.unwrap_or_default();
        let identifiers = |text: &str, fits: fn(&str) -> bool| {
            text.is_empty() || text.split('.').all(|id| is_identifier(id) && fits(id))
        };
        let takes_build = matches!(self.operator, Operator::Equal | Operator::Unequal);
        identifiers(pre, |id| !all_digits(id) || is_number(id))
            && identifiers(build, |_| true)
            && (self.given == 3 || (pre.is_empty() && build.is_empty()))
            && (self.build.is_none() || takes_build)
    }

    /// The conditions the block stands for; `None` where the operator has no sense without a number.
    fn parts(self) -> Option<Vec<Vec<Bound>>> {
        let from = Bound::new(Operator::GreaterOrEqual, self.target.clone());
        let up_to = |place| Bound::new(Operator::Less, self.target.next(place));
        let between = |place| vec![vec![from.clone()], vec![up_to(place)]];
        if self.given == 0 {
            let every = matches!(self.operator, Operator::Equal | Operator::GreaterOrEqual);
            return every.then(|| vec![vec![from]]);
        }
        let last = self.given - 1;
        Some(match self.operator {
            Operator::Caret => {
                let significant = self.target.core.iter().position(|n| n != "0");
                between(significant.unwrap_or(2))
            }
            Operator::Tilde => between(last.min(1)),
            Operator::Compatible => between(usize::from(self.given == 3)),
            Operator::Equal if last < 2 => between(last),
            Operator::Unequal if last < 2 => {
                let mut above = from;
                above.target = self.target.next(last);
                let below = Bound::new(Operator::Less, self.target);
                vec![vec![below, above]]
            }
            Operator::Greater if last < 2 => {
                let next = self.target.next(last);
                vec![vec![Bound::new(Operator::GreaterOrEqual, next)]]
            }
            Operator::LessOrEqual if last < 2 => vec![vec![up_to(last)]],
            _ => vec![vec![self.bound()]],
        })
    }

    /// The plain comparison with the version named.
    fn bound(self) -> Bound {
        let bare_dash = self.pre == Some("");
        let bare_plus = self.build == Some("");
        // Two oddities of the reference: `==1.2.3+` takes no build metadata at all,
        // but in `!=1.2.3-+` the dash is seen first and the plus counts for nothing.
        let forgets = bare_plus && bare_dash && self.operator == Operator::Unequal;
        Bound {
            build: self.build.filter(|_| !forgets).map(str::to_owned),
            own_prereleases: bare_dash,
            ..Bound::new(self.operator, self.target)
        }
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// One more than a number without leading zeros.
fn increment(digits: &str) -> String {
    let head = digits.trim_end_matches('9');
    let nines = digits.len() - head.len();
    let raised = match head.as_bytes().split_last() {
        Some((last, front)) => format!("{}{}", &head[..front.len()], char::from(last + 1)),
        None => "1".to_owned(),
    };
    raised + &"0".repeat(nines)
}

fn number_order(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// The order of two pre-release parts; none at all is above any.
fn pre_order(a: &str, b: &str) -> Ordering {
    if a.is_empty() || b.is_empty() {
        return a.is_empty().cmp(&b.is_empty());
    }
    a.split('.')
        .map(identifier_key)
        .cmp(b.split('.').map(identifier_key))
}

/// Numbers by value and below words, words by their text.
fn identifier_key(id: &str) -> (bool, usize, &str) {
    let is_word = !all_digits(id);
    (is_word, if is_word { 0 } else { id.len() }, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The versions every row of [`TABLE`] was tried on.
    const VERSIONS: &str = "\
        0.0.0 0.0.3 0.1.0 0.2.5 1.0.0-rc.1 1.0.0-rc.10 1.0.0 1.0.0+b 1.2.2 1.2.3-a \
        1.2.3-a.1 1.2.3 1.2.3+b.1 1.2.4-a 1.2.9 1.3.0-1 1.3.0 2.0.0-a 2.0.0 10.0.0 \
        99999999999999999999999.0.0";

    /// What `semantic_version` 2.10.0 answers: a `1` for each version that the range matches.
    const TABLE: &str = "\
111111111111111111111 *
111111111111111111111 >=*
......11111111111.... 1
......11111111111.... 1.*
........1111111...... 1.2
......11111111111.... 1.*.3
...........11........ 1.2.3
.........1........... ==1.2.3-a
...........1......... ==1.2.3+
............1........ ==1.2.3+b.1
1111..............111 !=1
11111111........11111 !=1.2
111111111....11111111 !=1.2.3
11111111111..11111111 !=1.2.3-
11111111111.111111111 !=1.2.3+
11111111111..11111111 !=1.2.3-+
111111111111.11111111 !=1.2.3+b.1
11111111............. <1.2
111111111............ <1.2.3
11111111111.......... <1.2.3-
1111111111........... <1.2.3-a.1
111111111111111...... <=1.2
1111111111111........ <=1.2.3
................11111 >1.2
.............11111111 >1.2.3
........1111111111111 >=1.2
...........1111111111 >=1.2.3
...............111111 >=1.3.0-0
.1................... ^0.0.3
...1................. ^0.2.1
......11111111111.... ^1
...........111111.... ^1.2.3
..................... ^1.0.0-rc.1
.........11111111.... ^1.2.3-a
......11111111111.... ~1
........1111111...... ~1.2
...........1111...... ~1.2.3
..................... ~1.2.0-a
........111111111.... ~=1.2
...........1111...... ~=1.2.3
......11111111111.... >=1.0.0,<2.0.0
......111....1111.... >=1.0.0,<2.0.0,!=1.2.3
....................1 >=99999999999999999999998.9.9";

    #[test]
    fn ranges_match_what_the_reference_matches() {
        for row in TABLE.lines() {
            let (expected, range) = row.split_once(' ').unwrap();
            let parsed = VersionRange::parse(range).unwrap();
            let answers: String = VERSIONS
                .split(' ')
                .map(|text| parsed.matches(&Version::parse(text).unwrap()))
                .map(|matches| if matches { '1' } else { '.' })
                .collect();
            assert_eq!(answers, expected, "{range}");
            assert_eq!(parsed.to_string(), range);
        }
    }

    #[test]
    fn what_the_reference_does_not_read_is_not_a_range() {
        let blanks = " | 1.0.0|1.0.0 |>= 1.0.0|>=1.0.0, <2.0.0|>=1.0.0 ,<2.0.0|not a range|";
        let words = "\
            , 1.0.0, ,1.0.0 v1.0.0 latest 1.2.3.4 01.0.0 1.02.0 1.x 1..2 > =>1.0.0 ===1.0.0 \
            <>1.0.0 >=1.0.0||<2.0.0 >* ^* ~* !=* <* 1.2-a 1.*-a 1.2.3-01 1.2.3-a..b \
            1.2.3+a..b >=1.2.3+b <1.2.3+ 1.2+b 1.2.3-a_b ^1.2.3+b -1.0.0 1.0.0+a+b";
        for bad in words.split(' ').chain(blanks.split('|')) {
            assert_eq!(VersionRange::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn numbers_of_any_length_are_compared() {
        let huge = "9".repeat(100);
        let range = VersionRange::parse(&format!("~{huge}.{huge}.0")).unwrap();
        let inside = Version::parse(&format!("{huge}.{}.7", "9".repeat(20))).unwrap();
        assert!(!range.matches(&inside));
        let range = VersionRange::parse(&format!(">{huge}")).unwrap();
        let above = Version::parse(&format!("1{}.0.0", "0".repeat(100))).unwrap();
        assert!(range.matches(&above));
    }
}
