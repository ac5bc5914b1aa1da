//! Whether a text can be an address of electronic mail.

/// Whether `text` is a name, an at sign, and a domain. Nothing is asked of anybody: an address that can be is good.
pub(in crate::domain::accounts) fn is_valid(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let in_name = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{}|~-".contains(c);
    let is_atom = |atom: &str| !atom.is_empty() && atom.chars().all(in_name);
    name.split('.').all(is_atom) && is_domain(domain)
}

fn is_domain(domain: &str) -> bool {
    if domain.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let is_label = |label: &str| {
        let ends = [label.chars().next(), label.chars().next_back()];
        label.chars().count() <= 63
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && ends.iter().all(|end| end.is_some_and(|c| c != '-'))
    };
    let last_is_long = domain
        .rsplit_once('.')
        .is_some_and(|(_, last)| last.chars().count() >= 2);
    last_is_long && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_name_at_a_domain() {
        for text in [
            "ana@example.com",
            "ana.maria+hub@mail.example.co.uk",
            "o'neil@example.com",
            "root@localhost",
            "ana@bücher.example",
        ] {
            assert!(is_valid(text), "{text}");
        }
        for text in [
            "",
            "nope",
            "@example.com",
            "ana@",
            "ana@example",
            "ana@-example.com",
            "ana@example..com",
            "ana..maria@example.com",
            ".ana@example.com",
            "ana maria@example.com",
            "ana@example.c",
            "ana@b@example.com",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }
}
