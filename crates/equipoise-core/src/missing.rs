//! What happens to a row whose group is not known.

use serde::{Deserialize, Serialize};

/// The rule for rows in which the value of a group attribute is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MissingPolicy {
    /// A missing group is an error that names the rows. The default: to leave people out is a
    /// decision that someone has to make.
    #[default]
    Error,
    /// The rows form a group of their own, named [`MissingPolicy::OWN_GROUP`].
    OwnGroup,
    /// The rows are left out, and the number left out is reported.
    Drop,
}

impl MissingPolicy {
    /// The name of the group that [`MissingPolicy::OwnGroup`] makes.
    pub const OWN_GROUP: &'static str = "(missing)";
}
