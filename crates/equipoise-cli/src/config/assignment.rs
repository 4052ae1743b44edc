//! `--set key.path=value`.

use std::str::FromStr;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// One `--set`: a key, and the value that is put there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// What was written, without spaces around it.
    text: String,
    /// The keys from the root to the value; never empty.
    path: Vec<String>,
    /// Where the value begins in `text`.
    value_start: usize,
    /// Whether the value is a bare word, which stands for a text.
    bare: bool,
}

/// What can be wrong with a `--set`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AssignmentError {
    /// There is no equals sign.
    #[error("no `=`; write `key.path=value`")]
    NoValue,
    /// Nothing follows the equals sign.
    #[error("no value after `=`; write `{key}=\"\"` for an empty text")]
    EmptyValue {
        /// The key.
        key: String,
    },
    /// The key is not one.
    #[error("`{key}` is not a key; write names joined by dots, such as `fairness.lambda`")]
    Key {
        /// What was found.
        key: String,
    },
    /// The value begins like a TOML value and is none.
    #[error("`{value}` is not a TOML value: {reason}")]
    Value {
        /// What was found.
        value: String,
        /// What TOML says.
        reason: String,
    },
}

impl FromStr for Assignment {
    type Err = AssignmentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (key, rest) = text.split_once('=').ok_or(AssignmentError::NoValue)?;
        let path = parse_key(key.trim()).ok_or_else(|| AssignmentError::Key {
            key: key.trim().to_owned(),
        })?;
        let value = rest.trim_start();
        if value.is_empty() {
            return Err(AssignmentError::EmptyValue {
                key: key.trim().to_owned(),
            });
        }
        let bare = match DeValue::parse(value) {
            Ok(_) => false,
            Err(_) if !value.starts_with(['[', '{', '"', '\'']) => true,
            Err(error) => {
                return Err(AssignmentError::Value {
                    value: value.to_owned(),
                    reason: error.message().to_owned(),
                });
            }
        };
        Ok(Self {
            value_start: text.len() - value.len(),
            text: text.to_owned(),
            path,
            bare,
        })
    }
}

impl Assignment {
    /// What was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The keys from the root to the value.
    pub(super) fn path(&self) -> &[String] {
        &self.path
    }

    /// The part of [`Self::text`] that holds the key, moved by `offset`.
    pub(super) fn key_span(&self, offset: usize) -> std::ops::Range<usize> {
        let end = self.text.find('=').unwrap_or(self.value_start);
        offset..offset + self.text[..end].trim_end().len()
    }

    /// A document of one line with nothing but the value, at the place that it has in
    /// [`Self::text`] moved by `offset`: spans in it need no correction.
    pub(super) fn line(&self, offset: usize) -> String {
        let key_start = (offset + self.value_start).saturating_sub(KEY.len());
        format!("{:key_start$}{KEY}{}", "", &self.text[self.value_start..])
    }

    /// The value, with its place in [`Self::text`] moved by `offset`, parsed from [`Self::line`].
    pub(super) fn value<'l>(
        &self,
        line: &'l str,
        offset: usize,
    ) -> Result<Spanned<DeValue<'l>>, toml::de::Error> {
        if self.bare {
            let word = self.text[self.value_start..].to_owned();
            return Ok(Spanned::new(
                offset + self.value_start..offset + self.text.len(),
                DeValue::String(word.into()),
            ));
        }
        DeTable::parse(line)?
            .into_inner()
            .into_iter()
            .next()
            .map(|(_, value)| value)
            .ok_or_else(|| serde::de::Error::custom("no value"))
    }
}

/// What stands before a value that is parsed alone.
const KEY: &str = "v=";

/// The names of a dotted key, or `None` where it is not one.
fn parse_key(key: &str) -> Option<Vec<String>> {
    let line = format!("{key}=0");
    let mut table = DeTable::parse(&line).ok()?.into_inner();
    let mut path = Vec::new();
    loop {
        let mut entries = table.into_iter();
        let (name, value) = entries.next()?;
        if entries.next().is_some() {
            return None;
        }
        path.push(name.into_inner().into_owned());
        match value.into_inner() {
            DeValue::Table(inner) => table = inner,
            DeValue::Integer(_) => return Some(path),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path, the type of the value, and the value where it is a text.
    fn parse(text: &str) -> (Vec<String>, &'static str, Option<String>) {
        let assignment: Assignment = text.parse().unwrap();
        let line = assignment.line(10);
        let value = assignment.value(&line, 10).unwrap();
        assert_eq!(value.span().end, 10 + text.len(), "{text}");
        let value = value.into_inner();
        let word = value.as_str().map(str::to_owned);
        (assignment.path.clone(), value.type_str(), word)
    }

    #[test]
    fn values_are_toml_and_bare_words_are_texts() {
        let (path, kind, _) = parse("fairness.lambda=0.5");
        assert_eq!(path, ["fairness", "lambda"]);
        assert_eq!(kind, "float");
        for (text, kind) in [
            ("finetune.epochs = 3", "integer"),
            ("audit.min_count_excludes=true", "boolean"),
            ("data.groups=[\"sex\", \"race\"]", "array"),
            ("model={kind=\"mlp\"}", "table"),
        ] {
            assert_eq!(parse(text).1, kind, "{text}");
        }
        for (text, word) in [
            ("model.kind=mlp", "mlp"),
            ("model.kind=\"mlp\"", "mlp"),
            ("title=the second one", "the second one"),
            ("data.source=a=b.csv", "a=b.csv"),
        ] {
            assert_eq!(parse(text).2.as_deref(), Some(word), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_assignment_says_why() {
        for (text, message) in [
            ("fairness.lambda", "no `=`; write `key.path=value`"),
            (
                "title=",
                "no value after `=`; write `title=\"\"` for an empty text",
            ),
            (
                "=3",
                "`` is not a key; write names joined by dots, such as `fairness.lambda`",
            ),
            (
                "a..b=3",
                "`a..b` is not a key; write names joined by dots, such as `fairness.lambda`",
            ),
        ] {
            let error = text.parse::<Assignment>().unwrap_err();
            assert_eq!(error.to_string(), message);
        }
        assert!(matches!(
            "data.groups=[sex, race]".parse::<Assignment>(),
            Err(AssignmentError::Value { .. })
        ));
    }
}
