//! The case of a word on the word in its place.

/// `replacement` in the case of `source`: in capitals, with a first capital, or, for a source in
/// small letters, in mixed case or without case, as it is.
pub(super) fn in_case_of(source: &str, replacement: &str) -> String {
    let mut cased = source
        .chars()
        .filter(|c| c.is_uppercase() || c.is_lowercase());
    let starts_upper = cased.next().is_some_and(char::is_uppercase);
    let rest: Vec<char> = cased.collect();
    if !starts_upper {
        replacement.to_owned()
    } else if rest.iter().all(|c| c.is_lowercase()) {
        let mut letters = replacement.chars();
        (letters.next().into_iter().flat_map(char::to_uppercase))
            .chain(letters)
            .collect()
    } else if rest.iter().all(|c| c.is_uppercase()) {
        replacement.to_uppercase()
    } else {
        replacement.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::in_case_of;

    #[test]
    fn case_is_kept() {
        for (source, expected) in [
            ("he", "she"),
            ("He", "She"),
            ("HE", "SHE"),
            ("hE", "she"),
            ("他", "she"),
            ("", "she"),
        ] {
            assert_eq!(in_case_of(source, "she"), expected, "{source}");
        }
        assert_eq!(
            in_case_of("Father-in-law", "mother-in-law"),
            "Mother-in-law"
        );
        assert_eq!(
            in_case_of("\u{e9}l\u{e8}ve", "\u{e9}tudiant"),
            "\u{e9}tudiant"
        );
    }
}
