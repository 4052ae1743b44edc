//! How a command that did not fail ended.

/// How a command that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything was done.
    Done,
    /// Everything was done, and a fairness gate was not met.
    GateNotMet,
}

impl Outcome {
    /// The exit code of the program.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::GateNotMet => 3,
        }
    }
}
