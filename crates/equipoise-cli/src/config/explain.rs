//! From the words of serde and TOML to an error that says where and what to do.

use std::ops::Range;

use equipoise_core::closest;

use super::{
    ConfigError,
    document::{Document, Entry, Source},
};

/// The key that chooses among kinds of a table.
const KIND: &str = "kind";

/// A text that is not TOML.
pub(super) fn syntax(error: &toml::de::Error, source: &Source<'_>) -> ConfigError {
    let message = format!("not legal TOML: {}", error.message());
    let help = "a line is `key = value`, texts stand in quotes, a table begins with `[name]`";
    ConfigError::new(message)
        .at(error.span().map(|span| source.place(&span, "here")))
        .with_help(help.to_owned())
}

/// A key or a value that the configuration does not have a place for.
pub(super) fn mismatch(error: &toml::de::Error, document: &Document<'_>) -> ConfigError {
    let message = error.message();
    let names = backticked(message);
    let found = names.first().copied().unwrap_or_default();
    let known = names.get(1..).unwrap_or_default();
    if message.starts_with("unknown field") {
        unknown_key(found, known, error.span(), document)
    } else if message.starts_with("unknown variant") {
        unknown_value(found, known, error.span(), document)
    } else if message.starts_with("missing field") {
        missing_key(found, error.span().as_ref(), document)
    } else {
        wrong_type(message, error.span(), document)
    }
}

fn unknown_key(
    found: &str,
    known: &[&str],
    span: Option<Range<usize>>,
    document: &Document<'_>,
) -> ConfigError {
    let entries = document.entries();
    let entry = best(&entries, span.as_ref(), |entry| entry.name == found);
    let (table, span) = match entry {
        Some(entry) => (entry.table.as_str(), Some(entry.key.clone())),
        None => ("", span),
    };
    // serde takes the key that chooses among kinds away before it looks at the others.
    let has_kind = entries
        .iter()
        .any(|entry| entry.table == table && entry.name == KIND);
    let mut known = known.to_vec();
    if has_kind && !known.contains(&KIND) {
        known.insert(0, KIND);
    }
    let message = if table.is_empty() {
        format!("unknown key `{found}`")
    } else {
        format!("unknown key `{found}` in `{table}`")
    };
    ConfigError::new(message)
        .at(span.map(|span| document.place(&span, "not a key of this table")))
        .with_help(suggest(found, &known, "legal keys here"))
}

/// A key of a table that what the table names does not read.
pub(super) fn unused(
    message: String,
    table: &str,
    found: &str,
    known: &[String],
    document: &Document<'_>,
) -> ConfigError {
    let key = document
        .entries()
        .into_iter()
        .find(|entry| entry.table == table && entry.name == found)
        .map(|entry| entry.key);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    ConfigError::new(message)
        .at(key.map(|span| document.place(&span, "not read here")))
        .with_help(suggest(found, &known, "legal keys here"))
}

fn unknown_value(
    found: &str,
    known: &[&str],
    span: Option<Range<usize>>,
    document: &Document<'_>,
) -> ConfigError {
    let entries = document.entries();
    let entry = best(&entries, span.as_ref(), |entry| entry.written() == found);
    let (message, span) = match entry {
        Some(entry) => (
            format!("`{}` has the unknown value `{found}`", entry.path()),
            Some(entry.value.clone()),
        ),
        None => (format!("unknown value `{found}`"), span),
    };
    ConfigError::new(message)
        .at(span.map(|span| document.place(&span, "not known")))
        .with_help(suggest(found, known, "legal are"))
}

fn missing_key(missing: &str, span: Option<&Range<usize>>, document: &Document<'_>) -> ConfigError {
    let entries = document.entries();
    let table = span.and_then(|span| {
        entries
            .iter()
            .find(|entry| entry.value == *span || entry.key == *span)
    });
    // A table that takes any key misses the right one before it finds that another is wrong.
    let misspelt = table.and_then(|table| {
        entries
            .iter()
            .find(|entry| entry.table == table.path() && closest(&entry.name, [missing]).is_some())
    });
    if let Some(misspelt) = misspelt {
        let span = Some(misspelt.key.clone());
        // What else is legal there is not known, so only the likeness can be named.
        return unknown_key(&misspelt.name, &[missing], span, document)
            .with_help(format!("did you mean `{missing}`?"));
    }
    let (message, help, span) = match table {
        Some(table) => (
            format!("key `{missing}` is missing in `{}`", table.path()),
            format!("add `{missing} = ...` there"),
            Some(table.key.clone()),
        ),
        // The root has no key of its own to point at, and what it must have are tables.
        None => (
            format!("key `{missing}` is missing in `{}`", document.name()),
            format!("add a table `[{missing}]`"),
            None,
        ),
    };
    ConfigError::new(message)
        .at(span.map(|span| document.place(&span, "in this table")))
        .with_help(help)
}

fn wrong_type(message: &str, span: Option<Range<usize>>, document: &Document<'_>) -> ConfigError {
    let entries = document.entries();
    let found = quoted(message);
    let entry = best(&entries, span.as_ref(), |entry| {
        !entry.is_table && Some(entry.written()) == found
    })
    .or_else(|| {
        best(&entries, span.as_ref(), |entry| {
            Some(&entry.value) == span.as_ref()
        })
    });
    let message = plain_types(message);
    let help = type_example(&message);
    let (message, span) = match entry {
        Some(entry) => (
            format!("`{}`: {message}", entry.path()),
            Some(entry.value.clone()),
        ),
        None => (message, span),
    };
    ConfigError::new(message)
        .at(span.map(|span| document.place(&span, "this value")))
        .with_help(help)
}

/// The entry that an error means: the one at its span, or else one inside it, or else the first.
///
/// serde forgets the places inside of a table whose type is chosen by a tag, so the span can be
/// that of the whole table, or be missing.
fn best<'e>(
    entries: &'e [Entry],
    span: Option<&Range<usize>>,
    is_meant: impl Fn(&Entry) -> bool,
) -> Option<&'e Entry> {
    let rank = |entry: &&Entry| match span {
        Some(span) if entry.key == *span || entry.value == *span => 0,
        Some(span) if span.start <= entry.key.start && entry.value.end <= span.end => 1,
        _ => 2,
    };
    entries
        .iter()
        .filter(|entry| is_meant(entry))
        .min_by_key(rank)
}

fn suggest(found: &str, known: &[&str], legal: &str) -> Option<String> {
    if known.is_empty() {
        return None;
    }
    let list = known
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    Some(match closest(found, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`? {legal}: {list}"),
        None => format!("{legal}: {list}"),
    })
}

/// The texts between backticks, in order.
fn backticked(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

/// The value that a message of serde quotes: `string "wide"`, ``floating point `8.5` ``.
fn quoted(message: &str) -> Option<&str> {
    let mark = message.find(['"', '`'])?;
    let rest = &message[mark + 1..];
    rest.find(&message[mark..=mark]).map(|end| &rest[..end])
}

/// The message with Rust's names of types put into words.
fn plain_types(message: &str) -> String {
    const WORDS: [(&str, &str); 8] = [
        ("expected f64", "expected a number"),
        ("expected f32", "expected a number"),
        ("expected usize", "expected a whole number of 0 or more"),
        ("expected u64", "expected a whole number of 0 or more"),
        ("expected u32", "expected a whole number of 0 or more"),
        ("expected a boolean", "expected true or false"),
        ("expected a string", "expected a text in quotes"),
        ("expected a sequence", "expected a list"),
    ];
    match WORDS.iter().find(|(rust, _)| message.ends_with(rust)) {
        Some((rust, plain)) => format!("{}{plain}", &message[..message.len() - rust.len()]),
        None => message.to_owned(),
    }
}

/// How a value of the type is written that a message ends with.
fn type_example(message: &str) -> Option<String> {
    const EXAMPLES: [(&str, &str); 7] = [
        ("a number", "for example `0.5`"),
        (
            "a number, or a table such as { target = 0.02 }",
            "for example `0.5`",
        ),
        (
            "a text in quotes, or a table such as { kind = \"lora\", rank = 8 }",
            "for example `\"full\"`",
        ),
        ("a whole number of 0 or more", "for example `8`"),
        ("true or false", "write it without quotes"),
        ("a text in quotes", "for example `\"sex\"`"),
        ("a list", "for example `[\"sex\"]`"),
    ];
    EXAMPLES
        .iter()
        .find(|(expected, _)| message.ends_with(&format!("expected {expected}")))
        .map(|(_, example)| (*example).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_between_backticks_are_found() {
        assert_eq!(
            backticked("unknown field `a`, expected `b` or `c`"),
            ["a", "b", "c"]
        );
        assert!(backticked("no names").is_empty());
    }

    #[test]
    fn the_value_that_a_message_quotes_is_found() {
        assert_eq!(
            quoted("invalid type: string \"wide\", expected usize"),
            Some("wide")
        );
        assert_eq!(
            quoted("invalid type: floating point `8.5`, expected usize"),
            Some("8.5")
        );
        assert_eq!(quoted("invalid length 1"), None);
    }

    #[test]
    fn types_are_put_into_words() {
        assert_eq!(
            plain_types("invalid type: string \"high\", expected f64"),
            "invalid type: string \"high\", expected a number"
        );
        assert_eq!(plain_types("something else"), "something else");
    }
}
