//! `--soft attribute=columns`.

use std::str::FromStr;

/// One `--soft`: an attribute, and the columns of the probabilities of its groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SoftGroup {
    /// The attribute; never empty.
    pub(crate) attribute: String,
    /// Groups and their columns; at least two.
    pub(crate) groups: Vec<(String, String)>,
}

/// What can be wrong with a `--soft`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SoftGroupError {
    /// There is no equals sign, or nothing before it.
    #[error("no attribute before `=`; write `race=white_p,black_p` or `race=White:p1,Black:p2`")]
    NoAttribute,
    /// A group or a column has no name.
    #[error("a name is empty; write `race=white_p,black_p` or `race=White:p1,Black:p2`")]
    NoName,
    /// There is one group.
    #[error("one group only; name the columns of all groups, whose probabilities sum to 1")]
    OneGroup,
    /// A group is there twice.
    #[error("the group `{group}` is named twice")]
    GroupTwice {
        /// The group.
        group: String,
    },
}

impl FromStr for SoftGroup {
    type Err = SoftGroupError;

    fn from_str(text: &str) -> Result<Self, SoftGroupError> {
        let (attribute, columns) = text.split_once('=').ok_or(SoftGroupError::NoAttribute)?;
        let attribute = attribute.trim();
        if attribute.is_empty() {
            return Err(SoftGroupError::NoAttribute);
        }
        let mut groups: Vec<(String, String)> = Vec::new();
        for column in columns.split(',') {
            // A column without the name of its group is that name.
            let (group, column) = column.split_once(':').unwrap_or((column, column));
            let (group, column) = (group.trim(), column.trim());
            if group.is_empty() || column.is_empty() {
                return Err(SoftGroupError::NoName);
            }
            if groups.iter().any(|(known, _)| known == group) {
                return Err(SoftGroupError::GroupTwice {
                    group: group.to_owned(),
                });
            }
            groups.push((group.to_owned(), column.to_owned()));
        }
        if groups.len() < 2 {
            return Err(SoftGroupError::OneGroup);
        }
        Ok(Self {
            attribute: attribute.to_owned(),
            groups,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_named_or_take_the_names_of_their_columns() {
        let soft: SoftGroup = "race=White:p 1, black_p".parse().unwrap();
        assert_eq!(soft.attribute, "race");
        let pair = |group: &str, column: &str| (group.to_owned(), column.to_owned());
        assert_eq!(
            soft.groups,
            [pair("White", "p 1"), pair("black_p", "black_p")]
        );
    }

    #[test]
    fn what_names_no_groups_is_told() {
        for (text, problem) in [
            ("race", "no attribute"),
            ("=a,b", "no attribute"),
            ("race=a,", "a name is empty"),
            ("race=a,:p", "a name is empty"),
            ("race=a", "one group only"),
            ("race=a:p,a:q", "`a` is named twice"),
        ] {
            let error = text.parse::<SoftGroup>().unwrap_err().to_string();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
