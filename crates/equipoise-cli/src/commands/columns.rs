//! The columns that options name, for commands that read a file without a configuration.

use equipoise_core::{MissingPolicy, closest};
use equipoise_data::GroupConfig;

use crate::{args::Bins, error::CliError};

/// Checks that no column is named twice; each comes with the option that names it.
///
/// # Errors
///
/// When one is: a label that is its own score, or a group beside itself, audits nothing.
pub(super) fn expect_distinct<'a>(
    named: impl IntoIterator<Item = (&'static str, &'a str)>,
) -> Result<(), CliError> {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for (option, column) in named {
        if let Some((first, _)) = seen.iter().find(|(_, known)| *known == column) {
            return Err(CliError::Usage {
                message: if *first == option {
                    format!("`{option}` names the column `{column}` twice")
                } else {
                    format!("`{first}` and `{option}` both name the column `{column}`")
                },
                help: Some("name each column once".to_owned()),
            });
        }
        seen.push((option, column));
    }
    Ok(())
}

/// The group attributes of `--group` and `--bins`.
///
/// # Errors
///
/// When bins are given for a column that is no group, or twice for the same column.
pub(super) fn groups(
    columns: &[String],
    bins: &[Bins],
    missing: MissingPolicy,
) -> Result<Vec<GroupConfig>, CliError> {
    let mut groups: Vec<GroupConfig> = columns
        .iter()
        .map(|column| GroupConfig::column(column).with_missing(missing))
        .collect();
    for Bins { column, edges } in bins {
        let Some(group) = groups.iter_mut().find(|group| group.column == *column) else {
            return Err(not_a_group("`--bins`", column, columns));
        };
        if group.bins.is_some() {
            return Err(CliError::Usage {
                message: format!("`--bins` is given twice for `{column}`"),
                help: Some(format!(
                    "give all edges at once: `--bins {column}=25,45,65`"
                )),
            });
        }
        group.bins = Some(edges.clone());
    }
    Ok(groups)
}

/// Something names a column that is not among the groups.
pub(super) fn not_a_group(what: &str, column: &str, groups: &[String]) -> CliError {
    CliError::Usage {
        message: format!("{what} names `{column}`, which is not among `--group`"),
        help: Some(match closest(column, groups.iter().map(String::as_str)) {
            Some(closest) => format!("did you mean `{closest}`?"),
            None => format!("add `{column}` to `--group`"),
        }),
    }
}
