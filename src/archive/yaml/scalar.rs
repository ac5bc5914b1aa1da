//! What a plain scalar means in YAML 1.1 (<https://yaml.org/type/>), as PyYAML understands it.
//!
//! Differs from YAML 1.2 in what authors of Ansible content rely on: `yes` is true, `0644` is octal,
//! `1:30` is 90, `1e3` is a text, and `2021-02-03` is a date.

use serde_json::Number;
use serde_json::Value;

/// The value of a plain scalar. Dates and times become ISO 8601 texts; infinities, which JSON does not have, stay texts.
pub fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Value::Bool(true);
        }
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        _ => {}
    }
    // Everything else that is no text begins with one of these.
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return Value::from(text);
    }
    integer(text)
        .or_else(|| float(text))
        .or_else(|| timestamp(text).map(Value::from))
        .unwrap_or_else(|| Value::from(text))
}

fn signed(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

fn integer(text: &str) -> Option<Value> {
    let (negative, digits) = signed(text);
    let bare: String = digits.chars().filter(|c| *c != '_').collect();
    let magnitude = if let Some(binary) = bare.strip_prefix("0b") {
        unsigned(binary, 2)?
    } else if let Some(hexadecimal) = bare.strip_prefix("0x") {
        unsigned(hexadecimal, 16)?
    } else if bare == "0" || (digits.starts_with(|c| matches!(c, '1'..='9'))) {
        match digits.contains(':') {
            true => sexagesimal(digits)?,
            false => unsigned(&bare, 10)?,
        }
    } else if digits.starts_with('0') && bare.len() > 1 {
        unsigned(&bare, 8)?
    } else {
        return None;
    };
    let number = if negative { -magnitude } else { magnitude };
    Some(Number::from_i128(number).map_or_else(
        // Beyond 64 bits: as near as JSON readers get.
        || Number::from_f64(number as f64).map_or(Value::Null, Value::Number),
        Value::Number,
    ))
}

/// Digits only: the parser of the standard library would take another sign.
fn unsigned(digits: &str, radix: u32) -> Option<i128> {
    let sound = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    sound.then(|| i128::from_str_radix(digits, radix).ok())?
}

/// `190:20:30`: base sixty, which YAML 1.1 has for times of day.
fn sexagesimal(text: &str) -> Option<i128> {
    let mut total: i128 = 0;
    for (at, part) in text.split(':').enumerate() {
        let bare = part.replace('_', "");
        let digit = unsigned(&bare, 10)?;
        if at > 0 && (part.len() > 2 || digit > 59 || part.contains('_')) {
            return None;
        }
        total = total.checked_mul(60)?.checked_add(digit)?;
    }
    Some(total)
}

fn float(text: &str) -> Option<Value> {
    let (negative, digits) = signed(text);
    if matches!(digits, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return Some(Value::from(text));
    }
    if digits.contains(':') {
        return sexagesimal_float(negative, digits);
    }
    let (whole, rest) = digits.split_once('.')?;
    let (fraction, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let are_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let sound = are_digits(whole) && are_digits(fraction) && !whole.starts_with('_');
    let has_digit = whole
        .bytes()
        .chain(fraction.bytes())
        .any(|b| b.is_ascii_digit());
    // A fraction without whole part takes no sign.
    if !sound || !has_digit || (whole.is_empty() && (text != digits || fraction.starts_with('_'))) {
        return None;
    }
    if let Some(exponent) = exponent {
        // The sign of the exponent is required.
        let power = exponent.strip_prefix(['-', '+'])?;
        if power.is_empty() || !power.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
    }
    let bare: String = text.chars().filter(|c| *c != '_').collect();
    let number = bare.parse().ok().and_then(Number::from_f64);
    Some(number.map_or_else(|| Value::from(text), Value::Number))
}

fn sexagesimal_float(negative: bool, digits: &str) -> Option<Value> {
    let (whole, fraction) = digits.split_once('.')?;
    let total = sexagesimal(whole)? as f64;
    let bare: String = fraction.chars().filter(|c| *c != '_').collect();
    if !bare.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction: f64 = format!("0.{bare}0").parse().ok()?;
    let number = if negative {
        -(total + fraction)
    } else {
        total + fraction
    };
    Number::from_f64(number).map(Value::Number)
}

/// `2001-12-14`, `2001-12-14 21:59:43.1 +5`: as Python's `isoformat` writes it.
fn timestamp(text: &str) -> Option<String> {
    let date = text.get(..10)?;
    let is_date = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if is_date && text.len() == 10 {
        date.parse::<jiff::civil::Date>().ok()?;
        return Some(text.to_owned());
    }
    let (date, time) = text.split_once(['T', 't', ' ', '\t'])?;
    let date: Vec<i16> = date
        .split('-')
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    let &[year, month, day] = date.as_slice() else {
        return None;
    };
    let date = jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let (time, zone) = zone(time.trim_start())?;
    let (clock, fraction) = match time.split_once('.') {
        Some((clock, fraction)) => (clock, fraction),
        None => (time, ""),
    };
    let parts: Vec<i8> = clock
        .split(':')
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    let &[hour, minute, second] = parts.as_slice() else {
        return None;
    };
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    jiff::civil::Time::new(hour, minute, second, 0).ok()?;
    let mut shown = format!("{}T{hour:02}:{minute:02}:{second:02}", date.ok()?);
    let micros = format!("{fraction:0<6}");
    if !fraction.is_empty() && micros.get(..6)? != "000000" {
        shown.push('.');
        shown.push_str(micros.get(..6)?);
    }
    Some(shown + &zone)
}

/// The time without its zone, and the zone as Python writes it.
fn zone(time: &str) -> Option<(&str, String)> {
    if let Some(time) = time.strip_suffix('Z') {
        return Some((time.trim_end(), "+00:00".to_owned()));
    }
    let Some(at) = time.find(['+', '-']) else {
        return Some((time, String::new()));
    };
    let (sign, offset) = time[at..].split_at(1);
    let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "00"));
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    let sound = hours < 24 && minutes < 60;
    sound.then(|| {
        (
            time[..at].trim_end(),
            format!("{sign}{hours:02}:{minutes:02}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_those_of_yaml_1_1() {
        for (text, value) in [
            ("0", json!(0)),
            ("-12", json!(-12)),
            ("+1_000", json!(1000)),
            ("0644", json!(420)),
            ("0b101", json!(5)),
            ("0xFF", json!(255)),
            ("1:30", json!(90)),
            ("190:20:30", json!(685_230)),
            ("1.5", json!(1.5)),
            ("1.", json!(1.0)),
            (".5", json!(0.5)),
            ("6.8523e+5", json!(685_230.0)),
            ("190:20:30.15", json!(685_230.15)),
            ("18446744073709551615", json!(u64::MAX)),
        ] {
            assert_eq!(resolve(text), value, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_something_is_a_text() {
        for text in [
            "1e3",
            "1.5e3",
            "0o17",
            "08",
            "1:60",
            "+.5",
            "-",
            ".",
            "..",
            "1.2.3",
            "0x",
            "0b",
            "--1",
            "1__x",
            "y",
            "n",
            "truE",
            "<<",
            "=",
            "2021-02-30",
            "2021-1-2",
            "5 apples",
            "10:3x",
            ".inf",
            "_1",
            "0b-1",
            &format!("-0b-1{}", "0".repeat(127)),
        ] {
            assert_eq!(resolve(text), json!(text), "{text}");
        }
    }

    #[test]
    fn dates_are_written_as_python_does() {
        for (text, shown) in [
            ("2021-02-03", "2021-02-03"),
            (
                "2001-12-14t21:59:43.10-05:00",
                "2001-12-14T21:59:43.100000-05:00",
            ),
            (
                "2001-12-14 21:59:43.10 -5",
                "2001-12-14T21:59:43.100000-05:00",
            ),
            ("2001-12-15 2:59:43.10", "2001-12-15T02:59:43.100000"),
            ("2001-12-15T02:59:43Z", "2001-12-15T02:59:43+00:00"),
        ] {
            assert_eq!(resolve(text), json!(shown), "{text}");
        }
    }
}
