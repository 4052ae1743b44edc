//! What the page of a sweep is made of.

use crate::number::Unit;

/// Everything that the page of a sweep says.
///
/// All texts are plain: they are escaped when the page is written. The two measures are numbered:
/// the first is drawn upwards, the second to the right.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FrontReport {
    /// The heading of the page.
    pub title: String,
    /// What is compared: first what is drawn upwards, then what is drawn to the right.
    pub measures: [FrontMeasure; 2],
    /// Other measures by which the front was found, and which are not drawn.
    pub further: Vec<String>,
    /// With how many seeds each trial was run.
    pub seeds: usize,
    /// All trials, in order.
    pub trials: Vec<FrontTrial>,
    /// What is recommended and why, as sentences; may be empty.
    pub recommendation: String,
    /// What the points of other systems are, and how they were measured, as sentences; may be
    /// empty.
    pub protocol: String,
    /// The points of other systems, in order.
    pub peers: Vec<Peer>,
    /// The command that makes these results again.
    pub command: Option<String>,
}

/// A measure by which trials are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontMeasure {
    /// Its name for readers, such as `Accuracy`.
    pub label: String,
    /// Whether more of it is better; less is, otherwise.
    pub more_is_better: bool,
    /// In what it is told.
    pub unit: FrontUnit,
}

/// In what a measure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrontUnit {
    /// A share: `84.9%`.
    Share,
    /// A difference of shares: `1.20 points`.
    Difference,
    /// A number without a unit: `0.912`.
    Number,
}

/// Settings that were tried.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FrontTrial {
    /// The name; no two trials share it.
    pub name: String,
    /// The settings.
    pub settings: String,
    /// Both measures on the validation part, by which trials are compared.
    pub valid: [FrontValue; 2],
    /// Both measures on the test part, which are drawn.
    pub test: [FrontValue; 2],
    /// Whether no other trial beats it on the validation part.
    pub on_front: bool,
    /// Whether it is the recommended one.
    pub recommended: bool,
}

/// One number of a trial.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FrontValue {
    /// The mean over the seeds; `None` where it is not estimable.
    pub value: Option<f64>,
    /// The ends of its interval, the lower first.
    pub interval: Option<(f64, f64)>,
    /// Why there is no value.
    pub reason: Option<String>,
}

/// A result of another system.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Peer {
    /// The name; no two share it.
    pub name: String,
    /// Who measured it and with what.
    pub source: String,
    /// How what was measured differs from the trials, as a sentence; may be empty.
    pub differs: String,
    /// Both measures; `None` where one is not known.
    pub values: [Option<PeerValue>; 2],
}

/// One number of another system.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeerValue {
    /// The value, or the mean over repetitions.
    pub value: f64,
    /// The standard deviation over repetitions, where it is known; not below 0.
    pub spread: Option<f64>,
}

impl Default for FrontMeasure {
    fn default() -> Self {
        Self {
            label: String::new(),
            more_is_better: true,
            unit: FrontUnit::Number,
        }
    }
}

impl FrontMeasure {
    /// A value as a number of which more is better.
    pub(crate) fn gain(&self, value: f64) -> f64 {
        if self.more_is_better { value } else { -value }
    }

    /// The ends of an interval as such numbers, the worse first.
    pub(crate) fn gains(&self, (low, high): (f64, f64)) -> (f64, f64) {
        if self.more_is_better {
            (low, high)
        } else {
            (-high, -low)
        }
    }

    /// How numbers are written.
    pub(crate) fn written(&self) -> Unit {
        match self.unit {
            FrontUnit::Share => Unit::Percent,
            FrontUnit::Difference => Unit::Points,
            FrontUnit::Number => Unit::Plain,
        }
    }
}

impl FrontValue {
    /// The value, where it is a number.
    pub(crate) fn finite(&self) -> Option<f64> {
        self.value.filter(|value| value.is_finite())
    }

    /// The interval, or the value alone where there is none.
    pub(crate) fn ends(&self) -> Option<(f64, f64)> {
        let value = self.finite()?;
        let known = self
            .interval
            .filter(|(low, high)| low.is_finite() && high.is_finite());
        Some(known.unwrap_or((value, value)))
    }
}

impl FrontTrial {
    /// Both measures on the test part, where both are numbers.
    pub(crate) fn point(&self) -> Option<[f64; 2]> {
        let [up, across] = &self.test;
        Some([up.finite()?, across.finite()?])
    }
}

impl Peer {
    /// Both measures, where both are known numbers.
    pub(crate) fn point(&self) -> Option<[PeerValue; 2]> {
        let [up, across] = self.values;
        let known = |value: Option<PeerValue>| value.filter(|value| value.value.is_finite());
        Some([known(up)?, known(across)?])
    }
}

impl PeerValue {
    /// One standard deviation to both sides; the value alone where it is not known.
    pub(crate) fn ends(self) -> (f64, f64) {
        let spread = self.spread.filter(|spread| spread.is_finite());
        let spread = spread.unwrap_or_default().abs();
        (self.value - spread, self.value + spread)
    }
}
