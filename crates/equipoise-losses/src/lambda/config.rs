//! `lambda` as a configuration writes it.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::{
    balance::GradientFraction,
    check_weight,
    dual::{DualTarget, MeasuredRows},
    schedule::{LambdaSchedule, LambdaShape},
};
use crate::Error;

/// The weight of a fairness loss: a number, or a table that says how the number is found.
///
/// ```
/// use equipoise_losses::LambdaConfig;
///
/// #[derive(serde::Deserialize)]
/// struct Fairness { lambda: LambdaConfig }
///
/// let read = |text| toml::from_str::<Fairness>(text).map(|fairness| fairness.lambda);
/// assert_eq!(read("lambda = 0.5")?, LambdaConfig::Fixed(0.5));
/// for text in [
///     r#"lambda = { schedule = "warm-up", to = 1.0 }"#,
///     r#"lambda = { schedule = "cosine", from = 0.0, to = 1.0, over = 0.5 }"#,
///     r#"lambda = { target = 0.02 }"#,
///     r#"lambda = { target = 0.05, violation = "equalized-odds", rate = 1.0 }"#,
///     r#"lambda = { target = 0.01, margin = 1.0, rows = "train-and-valid" }"#,
///     r#"lambda = { gradient = 0.1 }"#,
/// ] {
///     read(text)?.check()?;
/// }
/// assert!(read(r#"lambda = { target = 0.02, gradient = 0.1 }"#).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum LambdaConfig {
    /// The same in every step; finite, 0 or more.
    Fixed(f64),
    /// A function of the step.
    Schedule(LambdaSchedule),
    /// Found by dual ascent, so that a violation comes to its target.
    Target(DualTarget),
    /// In proportion to the norms of the gradients.
    Gradient(GradientFraction),
}

impl LambdaConfig {
    /// Checks every value.
    ///
    /// # Errors
    ///
    /// Names the first value that is not legal.
    pub fn check(&self) -> Result<(), Error> {
        match self {
            Self::Fixed(value) => check_weight("lambda", *value).map(|_| ()),
            Self::Schedule(schedule) => schedule.check(),
            Self::Target(target) => target.check(),
            Self::Gradient(fraction) => fraction.check(),
        }
    }

    /// The weight, where it is the same in every step.
    pub fn fixed(&self) -> Option<f64> {
        match self {
            Self::Fixed(value) => Some(*value),
            _ => None,
        }
    }
}

impl From<f64> for LambdaConfig {
    fn from(value: f64) -> Self {
        Self::Fixed(value)
    }
}

impl From<DualTarget> for LambdaConfig {
    fn from(target: DualTarget) -> Self {
        Self::Target(target)
    }
}

/// As people say it: `0.5`, `target 0.02`.
impl fmt::Display for LambdaConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(value) => write!(f, "{value}"),
            Self::Schedule(schedule) => write!(f, "from {} to {}", schedule.from, schedule.to),
            Self::Target(target) => write!(f, "for a violation of at most {}", target.target),
            Self::Gradient(fraction) => {
                write!(
                    f,
                    "for {} of the norm of the task's gradient",
                    fraction.fraction
                )
            }
        }
    }
}

/// The table, with all keys of all its kinds.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Table {
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<LambdaShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    over: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    violation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    damping: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    margin: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<MeasuredRows>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gradient: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    smoothing: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bound: Option<f64>,
}

impl Table {
    /// The keys that are there.
    fn keys(&self) -> Vec<&'static str> {
        [
            ("schedule", self.schedule.is_some()),
            ("from", self.from.is_some()),
            ("to", self.to.is_some()),
            ("over", self.over.is_some()),
            ("target", self.target.is_some()),
            ("violation", self.violation.is_some()),
            ("rate", self.rate.is_some()),
            ("damping", self.damping.is_some()),
            ("window", self.window.is_some()),
            ("margin", self.margin.is_some()),
            ("rows", self.rows.is_some()),
            ("gradient", self.gradient.is_some()),
            ("smoothing", self.smoothing.is_some()),
            ("bound", self.bound.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, there)| there.then_some(key))
        .collect()
    }

    /// The one kind that the keys make, or why they make none.
    fn kind(self) -> Result<LambdaConfig, String> {
        let keys = self.keys();
        let only = |first: &str, legal: &[&str]| match keys
            .iter()
            .find(|key| **key != first && !legal.contains(key))
        {
            None => Ok(()),
            Some(other) => Err(format!(
                "`{other}` does not go with `{first}`, which takes {}",
                legal.join(", ")
            )),
        };
        if let Some(shape) = self.schedule {
            only("schedule", &["from", "to", "over"])?;
            let to = self
                .to
                .ok_or("`schedule` needs `to`, the weight at its end")?;
            return Ok(LambdaConfig::Schedule(LambdaSchedule {
                shape,
                from: self.from.unwrap_or(LambdaSchedule::DEFAULT_FROM),
                to,
                over: self.over.unwrap_or_else(|| shape.default_over()),
            }));
        }
        if let Some(target) = self.target {
            let legal = [
                "violation",
                "rate",
                "damping",
                "window",
                "margin",
                "rows",
                "bound",
            ];
            only("target", &legal)?;
            return Ok(LambdaConfig::Target(DualTarget {
                target,
                violation: self.violation,
                rate: self.rate.unwrap_or(DualTarget::DEFAULT_RATE),
                damping: self.damping.unwrap_or(DualTarget::DEFAULT_DAMPING),
                window: self.window.unwrap_or(DualTarget::DEFAULT_WINDOW),
                margin: self.margin.unwrap_or(DualTarget::DEFAULT_MARGIN),
                rows: self.rows.unwrap_or_default(),
                bound: self.bound.unwrap_or(DualTarget::DEFAULT_BOUND),
            }));
        }
        if let Some(fraction) = self.gradient {
            only("gradient", &["smoothing", "bound"])?;
            return Ok(LambdaConfig::Gradient(GradientFraction {
                fraction,
                smoothing: self
                    .smoothing
                    .unwrap_or(GradientFraction::DEFAULT_SMOOTHING),
                bound: self.bound.unwrap_or(GradientFraction::DEFAULT_BOUND),
            }));
        }
        Err("one of `schedule`, `target` and `gradient` is needed".to_owned())
    }
}

impl From<&LambdaConfig> for Table {
    fn from(config: &LambdaConfig) -> Self {
        match config {
            LambdaConfig::Fixed(_) => Self::default(),
            LambdaConfig::Schedule(schedule) => Self {
                schedule: Some(schedule.shape),
                from: Some(schedule.from),
                to: Some(schedule.to),
                over: Some(schedule.over),
                ..Self::default()
            },
            LambdaConfig::Target(target) => Self {
                target: Some(target.target),
                violation: target.violation.clone(),
                rate: Some(target.rate),
                damping: Some(target.damping),
                window: Some(target.window),
                margin: Some(target.margin),
                rows: Some(target.rows),
                bound: Some(target.bound),
                ..Self::default()
            },
            LambdaConfig::Gradient(fraction) => Self {
                gradient: Some(fraction.fraction),
                smoothing: Some(fraction.smoothing),
                bound: Some(fraction.bound),
                ..Self::default()
            },
        }
    }
}

impl Serialize for LambdaConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Fixed(value) => serializer.serialize_f64(*value),
            table => Table::from(table).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for LambdaConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrTable;

        impl<'de> Visitor<'de> for NumberOrTable {
            type Value = LambdaConfig;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number, or a table such as { target = 0.02 }")
            }

            fn visit_f64<E>(self, value: f64) -> Result<LambdaConfig, E> {
                Ok(LambdaConfig::Fixed(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<LambdaConfig, E> {
                Ok(LambdaConfig::Fixed(value as f64))
            }

            fn visit_u64<E>(self, value: u64) -> Result<LambdaConfig, E> {
                Ok(LambdaConfig::Fixed(value as f64))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<LambdaConfig, A::Error> {
                Table::deserialize(MapAccessDeserializer::new(map))?
                    .kind()
                    .map_err(A::Error::custom)
            }
        }

        deserializer.deserialize_any(NumberOrTable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Fairness {
        lambda: LambdaConfig,
    }

    fn read(text: &str) -> Result<LambdaConfig, toml::de::Error> {
        toml::from_str::<Fairness>(&format!("lambda = {text}")).map(|fairness| fairness.lambda)
    }

    #[test]
    fn what_is_written_reads_back() {
        for text in [
            "0.5",
            "2",
            "{ schedule = \"warm-up\", to = 1 }",
            "{ target = 0.02, violation = \"equalized-odds\", bound = 3.0 }",
            "{ gradient = 0.1 }",
        ] {
            let lambda = read(text).unwrap();
            let written = toml::to_string(&Fairness {
                lambda: lambda.clone(),
            })
            .unwrap();
            let again: Fairness = toml::from_str(&written).unwrap();
            assert_eq!(again.lambda, lambda, "{written}");
            lambda.check().unwrap();
        }
    }

    #[test]
    fn keys_that_make_no_kind_say_why() {
        for (text, message) in [
            ("{}", "one of `schedule`, `target` and `gradient` is needed"),
            (
                "{ schedule = \"linear\" }",
                "`schedule` needs `to`, the weight at its end",
            ),
            (
                "{ gradient = 0.1, rate = 2.0 }",
                "`rate` does not go with `gradient`, which takes smoothing, bound",
            ),
            ("{ targt = 0.1 }", "unknown field `targt`"),
            ("\"high\"", "expected a number, or a table"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.message().contains(message), "{}", error.message());
        }
    }

    #[test]
    fn each_illegal_value_is_named() {
        for (text, message) in [
            ("-1.0", "`lambda` is -1"),
            ("nan", "`lambda` is NaN"),
            ("{ target = -0.1 }", "`lambda.target` is -0.1"),
            ("{ target = 0.1, rate = 0.0 }", "`lambda.rate` is 0"),
            ("{ target = 0.1, window = 0.5 }", "`lambda.window` is 0.5"),
            ("{ target = 0.1, margin = 1.5 }", "`lambda.margin` is 1.5"),
            ("{ gradient = 0.0 }", "`lambda.gradient` is 0"),
            (
                "{ schedule = \"linear\", to = 1.0, over = 0.0 }",
                "`lambda.over` is 0",
            ),
        ] {
            let error = read(text).unwrap().check().unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
