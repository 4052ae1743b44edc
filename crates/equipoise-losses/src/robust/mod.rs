//! Losses of the task that look at the worst rows or groups, or ask for the same best head
//! everywhere, one a file.
//!
//! They are not distances between groups: they need not be 0 where groups are treated alike, and
//! stand beside the task loss, or in its place where lambda is large.

pub(crate) mod cvar;
pub(crate) mod group_dro;
pub(crate) mod irm;

pub use cvar::Cvar;
pub use group_dro::GroupDro;
pub use irm::Irm;

/// Why these losses are not 0 at parity.
const OF_THE_TASK: &str = "a loss of the task: groups that are treated alike, and badly, cost as \
                           much as any";
