//! What only some losses read from a config, with types, defaults and errors that say what is
//! legal.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, SeqAccess, Visitor},
};

use crate::{Condition, Error};

/// The value of an option as a config has it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum OptionValue {
    /// `0.5`
    Number(f64),
    /// `64`; good wherever a number is.
    Integer(i64),
    /// `"label"`
    Text(String),
    /// `true`
    Flag(bool),
    /// `[0.1, 1.0]`
    List(Vec<Self>),
}

/// An option that a statistic, a penalty or a whole loss reads, as the registry knows it.
///
/// ```
/// use equipoise_losses::{DefaultValue, OptionSpec};
///
/// const STEP_SIZE: OptionSpec = OptionSpec {
///     key: "step_size",
///     summary: "How fast the weights of groups follow their losses.",
///     legal: "a finite number above 0",
///     default: Some(DefaultValue::Number(0.01)),
/// };
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptionSpec {
    /// The key in a config, in snake case.
    pub key: &'static str,
    /// What it does, as a sentence.
    pub summary: &'static str,
    /// Which values are legal, as errors show it after "legal is".
    pub legal: &'static str,
    /// The value where it is not set; `None` where it must be set.
    pub default: Option<DefaultValue>,
}

/// The value of an option that is not set.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum DefaultValue {
    /// A number.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(&'static str),
    /// Yes or no.
    Flag(bool),
    /// Several numbers.
    Numbers(&'static [f64]),
}

impl OptionSpec {
    /// The option [`Condition`], for losses that compare distributions.
    pub const CONDITION: Self = Self {
        key: "condition",
        summary: "Within which rows groups are compared: all of them, or those of each label.",
        legal: "`none` or `label`",
        default: Some(DefaultValue::Text("none")),
    };
}

/// The options of one loss: what a config sets, and the defaults of what it does not.
///
/// A getter is asked for a key that the specification declares. It returns the value that is set,
/// else the default; it fails where the value is not legal, and where there is neither.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    loss: &'a str,
    set: &'a BTreeMap<String, OptionValue>,
    declared: &'a [OptionSpec],
}

impl<'a> Options<'a> {
    /// The options that a config sets for a loss of some name, read as a specification declares
    /// them.
    ///
    /// Keys that are set and not declared are not looked at: [`crate::Registry`] refuses them.
    pub fn new(
        loss: &'a str,
        set: &'a BTreeMap<String, OptionValue>,
        declared: &'a [OptionSpec],
    ) -> Self {
        Self {
            loss,
            set,
            declared,
        }
    }

    /// A finite number.
    ///
    /// # Errors
    ///
    /// When the option is of another type, NaN, infinite, missing or not declared.
    pub fn number(&self, key: &str) -> Result<f64, Error> {
        self.number_that(key, |_| true)
    }

    /// A finite number above 0.
    ///
    /// # Errors
    ///
    /// As [`Self::number`], and when it is 0 or less.
    pub fn positive(&self, key: &str) -> Result<f64, Error> {
        self.number_that(key, |value| value > 0.0)
    }

    /// A finite number for which something holds.
    ///
    /// # Errors
    ///
    /// As [`Self::number`], and when `legal` says no.
    pub fn number_that(&self, key: &str, legal: impl Fn(f64) -> bool) -> Result<f64, Error> {
        let (spec, value) = self.get(key)?;
        match value.as_number() {
            Some(number) if number.is_finite() && legal(number) => Ok(number),
            Some(number) => Err(Error::Range {
                option: spec.key,
                value: number,
                legal: spec.legal,
            }),
            None => Err(illegal(spec, &value)),
        }
    }

    /// A whole number of 1 or more.
    ///
    /// # Errors
    ///
    /// When the option is of another type, below 1, missing or not declared.
    pub fn count(&self, key: &str) -> Result<usize, Error> {
        let (spec, value) = self.get(key)?;
        match value {
            OptionValue::Integer(count) if count >= 1 => usize::try_from(count).ok(),
            _ => None,
        }
        .ok_or_else(|| illegal(spec, &value))
    }

    /// A whole number.
    ///
    /// # Errors
    ///
    /// When the option is of another type, missing or not declared.
    pub fn integer(&self, key: &str) -> Result<i64, Error> {
        match self.get(key)? {
            (_, OptionValue::Integer(integer)) => Ok(integer),
            (spec, other) => Err(illegal(spec, &other)),
        }
    }

    /// A text.
    ///
    /// # Errors
    ///
    /// When the option is of another type, missing or not declared.
    pub fn text(&self, key: &str) -> Result<String, Error> {
        match self.get(key)? {
            (_, OptionValue::Text(text)) => Ok(text),
            (spec, other) => Err(illegal(spec, &other)),
        }
    }

    /// What one of several texts stands for.
    ///
    /// # Errors
    ///
    /// As [`Self::text`], and when the text is none of them.
    pub fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<T, Error> {
        let (spec, value) = self.get(key)?;
        choices
            .iter()
            .find(|(name, _)| matches!(&value, OptionValue::Text(text) if text == name))
            .map(|(_, choice)| *choice)
            .ok_or_else(|| illegal(spec, &value))
    }

    /// Yes or no.
    ///
    /// # Errors
    ///
    /// When the option is of another type, missing or not declared.
    pub fn flag(&self, key: &str) -> Result<bool, Error> {
        match self.get(key)? {
            (_, OptionValue::Flag(flag)) => Ok(flag),
            (spec, other) => Err(illegal(spec, &other)),
        }
    }

    /// Several finite numbers, of which there is at least one.
    ///
    /// # Errors
    ///
    /// When the option is of another type, empty, missing or not declared, or when a number is
    /// NaN or infinite.
    pub fn numbers(&self, key: &str) -> Result<Vec<f64>, Error> {
        let (spec, value) = self.get(key)?;
        let numbers: Option<Vec<f64>> = match &value {
            OptionValue::List(values) if !values.is_empty() => values
                .iter()
                .map(|value| value.as_number().filter(|number| number.is_finite()))
                .collect(),
            _ => None,
        };
        numbers.ok_or_else(|| illegal(spec, &value))
    }

    /// The option [`OptionSpec::CONDITION`].
    ///
    /// # Errors
    ///
    /// When it is neither `none` nor `label`, or not declared.
    pub fn condition(&self) -> Result<Option<Condition>, Error> {
        self.choice(
            OptionSpec::CONDITION.key,
            &[("none", None), ("label", Some(Condition::Label))],
        )
    }

    /// Whether the config sets the option, so that a default did not step in.
    pub fn is_set(&self, key: &str) -> bool {
        self.set.contains_key(key)
    }

    fn get(&self, key: &str) -> Result<(&'a OptionSpec, OptionValue), Error> {
        let spec = self
            .declared
            .iter()
            .find(|spec| spec.key == key)
            .ok_or_else(|| Error::UndeclaredOption {
                loss: self.loss.to_owned(),
                option: key.to_owned(),
            })?;
        let value = match (self.set.get(key), spec.default) {
            (Some(value), _) => value.clone(),
            (None, Some(default)) => default.into(),
            (None, None) => {
                return Err(Error::MissingOption {
                    loss: self.loss.to_owned(),
                    option: spec.key,
                });
            }
        };
        Ok((spec, value))
    }
}

fn illegal(spec: &OptionSpec, value: &OptionValue) -> Error {
    Error::IllegalOption {
        option: spec.key,
        value: value.to_string(),
        legal: spec.legal,
    }
}

impl OptionValue {
    fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Integer(integer) => Some(*integer as f64),
            Self::Text(_) | Self::Flag(_) | Self::List(_) => None,
        }
    }
}

impl fmt::Display for OptionValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Integer(integer) => integer.fmt(f),
            Self::Text(text) => write!(f, "`{text}`"),
            Self::Flag(flag) => flag.fmt(f),
            Self::List(values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", values.join(", "))
            }
        }
    }
}

impl From<DefaultValue> for OptionValue {
    fn from(default: DefaultValue) -> Self {
        match default {
            DefaultValue::Number(number) => Self::Number(number),
            DefaultValue::Integer(integer) => Self::Integer(integer),
            DefaultValue::Text(text) => Self::Text(text.to_owned()),
            DefaultValue::Flag(flag) => Self::Flag(flag),
            DefaultValue::Numbers(numbers) => {
                Self::List(numbers.iter().copied().map(Self::Number).collect())
            }
        }
    }
}

impl From<f64> for OptionValue {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<i64> for OptionValue {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl From<i32> for OptionValue {
    fn from(integer: i32) -> Self {
        Self::Integer(integer.into())
    }
}

impl From<bool> for OptionValue {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<&str> for OptionValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for OptionValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Self>> From<Vec<T>> for OptionValue {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl Serialize for OptionValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Integer(integer) => serializer.serialize_i64(*integer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::List(values) => values.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for OptionValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = OptionValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a text, true or false, or a list of these")
    }

    fn visit_f64<E>(self, number: f64) -> Result<OptionValue, E> {
        Ok(OptionValue::Number(number))
    }

    fn visit_i64<E>(self, integer: i64) -> Result<OptionValue, E> {
        Ok(OptionValue::Integer(integer))
    }

    fn visit_u64<E: serde::de::Error>(self, integer: u64) -> Result<OptionValue, E> {
        i64::try_from(integer)
            .map(OptionValue::Integer)
            .map_err(|_| E::custom(format!("{integer} is larger than {}", i64::MAX)))
    }

    fn visit_str<E>(self, text: &str) -> Result<OptionValue, E> {
        Ok(OptionValue::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<OptionValue, E> {
        Ok(OptionValue::Text(text))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<OptionValue, E> {
        Ok(OptionValue::Flag(flag))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<OptionValue, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element()? {
            if matches!(value, OptionValue::List(_)) {
                return Err(A::Error::custom("a list within a list is not an option"));
            }
            values.push(value);
        }
        Ok(OptionValue::List(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECLARED: &[OptionSpec] = &[
        OptionSpec::CONDITION,
        OptionSpec {
            key: "alpha",
            summary: "A number.",
            legal: "a finite number above 0",
            default: None,
        },
        OptionSpec {
            key: "features",
            summary: "A count.",
            legal: "a whole number of 1 or more",
            default: Some(DefaultValue::Integer(64)),
        },
        OptionSpec {
            key: "bandwidths",
            summary: "Numbers.",
            legal: "a list of finite numbers",
            default: Some(DefaultValue::Numbers(&[0.1, 1.0])),
        },
        OptionSpec {
            key: "adjusted",
            summary: "A flag.",
            legal: "true or false",
            default: Some(DefaultValue::Flag(true)),
        },
    ];

    fn set(toml: &str) -> BTreeMap<String, OptionValue> {
        toml::from_str(toml).unwrap()
    }

    #[test]
    fn what_is_not_set_has_its_default() {
        let set = set("");
        let options = Options::new("test", &set, DECLARED);
        assert_eq!(options.condition(), Ok(None));
        assert_eq!(options.count("features"), Ok(64));
        assert_eq!(options.integer("features"), Ok(64));
        assert_eq!(options.numbers("bandwidths"), Ok(vec![0.1, 1.0]));
        assert_eq!(options.flag("adjusted"), Ok(true));
        assert!(!options.is_set("adjusted"));
        assert_eq!(
            options.number("alpha").unwrap_err().to_string(),
            "the loss `test` needs `alpha`, which is not set"
        );
        assert_eq!(
            options.number("beta").unwrap_err().to_string(),
            "the loss `test` reads the option `beta`, which its specification does not declare"
        );
    }

    #[test]
    fn what_is_set_is_read() {
        let set = set(
            "condition = \"label\"\nalpha = 2\nfeatures = 8\nbandwidths = [1, 0.5]\nadjusted = false",
        );
        let options = Options::new("test", &set, DECLARED);
        assert_eq!(options.condition(), Ok(Some(Condition::Label)));
        assert_eq!(options.positive("alpha"), Ok(2.0));
        assert_eq!(options.count("features"), Ok(8));
        assert_eq!(options.numbers("bandwidths"), Ok(vec![1.0, 0.5]));
        assert_eq!(options.flag("adjusted"), Ok(false));
        assert_eq!(options.text("condition").as_deref(), Ok("label"));
    }

    #[test]
    fn errors_show_key_value_and_what_is_legal() {
        let set = set(
            "condition = \"labels\"\nalpha = nan\nfeatures = 0\nbandwidths = []\nadjusted = \"yes\"",
        );
        let options = Options::new("test", &set, DECLARED);
        let errors = [
            options.condition().map(drop),
            options.positive("alpha").map(drop),
            options.count("features").map(drop),
            options.numbers("bandwidths").map(drop),
            options.flag("adjusted").map(drop),
        ]
        .map(|result| result.unwrap_err().to_string());
        assert_eq!(
            errors,
            [
                "`condition` is `labels`, legal is `none` or `label`",
                "`alpha` is NaN, legal is a finite number above 0",
                "`features` is 0, legal is a whole number of 1 or more",
                "`bandwidths` is [], legal is a list of finite numbers",
                "`adjusted` is `yes`, legal is true or false",
            ]
        );
    }
}
