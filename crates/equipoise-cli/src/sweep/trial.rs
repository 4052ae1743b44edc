//! The settings of one trial, and the runs that repeat it with other seeds.

use std::fmt;

/// Keys of the configuration with the values that a trial gives them, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Settings(pub(crate) Vec<(String, toml::Value)>);

impl Settings {
    /// The same with one more.
    pub(crate) fn with(&self, key: &str, value: toml::Value) -> Self {
        let mut settings = self.clone();
        settings.0.push((key.to_owned(), value));
        settings
    }

    /// Each as `--set` takes it.
    pub(crate) fn assignments(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(key, value)| format!("{key}={value}"))
    }
}

/// `fairness.lambda=0.5, model.kind="mlp"`.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.assignments().collect::<Vec<_>>().join(", "))
    }
}

/// The name of a trial by its place from 0: three digits or more, from 001.
pub(crate) fn trial_name(index: usize) -> String {
    format!("{:03}", index + 1)
}

/// One run of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// The place of the trial, from 0.
    pub(crate) trial: usize,
    /// The seed of the run.
    pub(crate) seed: u64,
}

impl Run {
    /// The name of its folder.
    pub(crate) fn name(self) -> String {
        format!("{}-seed-{}", trial_name(self.trial), self.seed)
    }
}
