//! The points of other systems, with which a sweep is compared.

use std::path::Path;

use equipoise_core::Help;
use serde::Deserialize;

use super::{
    ConfigError,
    document::{Document, Source},
};
use crate::{
    error::CliError,
    sweep::objective::{MeasureTable, Objective, ObjectiveError},
};

/// The points of other systems, as a file has them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct PeersFile {
    /// How the points were measured, as sentences.
    #[serde(default)]
    protocol: String,
    /// The points, in order.
    points: Vec<PointTable>,
}

/// One point.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct PointTable {
    /// The name of the system.
    name: String,
    /// Who measured it and with what.
    source: String,
    /// How what was measured differs from the sweep, as a sentence.
    #[serde(default)]
    differs: String,
    /// What was measured.
    values: Vec<ValueTable>,
}

/// One number.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueTable {
    metric: String,
    #[serde(default)]
    attribute: Option<String>,
    /// The value, or the mean over repetitions.
    value: f64,
    /// The standard deviation over repetitions.
    #[serde(default)]
    spread: Option<f64>,
}

/// Points of other systems that are known to make sense.
#[derive(Debug, Clone)]
pub(crate) struct PeerPoints {
    /// How they were measured, as sentences; may be empty.
    pub(crate) protocol: String,
    /// The points, in order.
    pub(crate) points: Vec<PeerPoint>,
}

/// A point of another system.
#[derive(Debug, Clone)]
pub(crate) struct PeerPoint {
    /// The name; no two share it.
    pub(crate) name: String,
    /// Who measured it and with what.
    pub(crate) source: String,
    /// How what was measured differs; may be empty.
    pub(crate) differs: String,
    values: Vec<(Objective, f64, Option<f64>)>,
}

impl PeerPoint {
    /// The value of a measure and its standard deviation, where they are known.
    pub(crate) fn value(&self, measure: &Objective) -> Option<(f64, Option<f64>)> {
        let found = self.values.iter().find(|(known, ..)| known == measure);
        found.map(|(_, value, spread)| (*value, *spread))
    }
}

impl PeerPoints {
    /// Reads a file of points and checks it.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or when anything in it is not legal.
    pub(crate) fn load(path: &Path) -> Result<Self, CliError> {
        let text =
            fs_err::read_to_string(path).map_err(CliError::file("read the points to compare"))?;
        Ok(Self::parse(&path.display().to_string(), &text)?)
    }

    fn parse(name: &str, text: &str) -> Result<Self, ConfigError> {
        let source = Source::new(name, text, &[]);
        let document = Document::parse(&source)?;
        let file: PeersFile = document.deserialize()?;
        if file.points.is_empty() {
            let place = document.place_of("points", "here");
            let error = ConfigError::new("`points` is empty").at(place);
            return Err(error.with_help("name one point or more: `[[points]]`".to_owned()));
        }
        let mut points: Vec<PeerPoint> = Vec::new();
        for (index, table) in file.points.into_iter().enumerate() {
            let key = format!("points[{index}]");
            if points.iter().any(|known| known.name == table.name) {
                let message = format!("two points are named `{}`", table.name);
                let place = document.place_of(&format!("{key}.name"), "the second");
                let error = ConfigError::new(message).at(place);
                return Err(error.with_help("give each a name of its own".to_owned()));
            }
            points.push(point(&document, &key, table)?);
        }
        Ok(Self {
            protocol: file.protocol,
            points,
        })
    }
}

fn point(document: &Document<'_>, key: &str, table: PointTable) -> Result<PeerPoint, ConfigError> {
    let mut values: Vec<(Objective, f64, Option<f64>)> = Vec::new();
    for (index, value) in table.values.into_iter().enumerate() {
        let key = format!("{key}.values[{index}]");
        let illegal = |message: String, help: String| {
            ConfigError::new(message)
                .at(document.place_of(&key, "here"))
                .with_help(help)
        };
        let measure = Objective::new(&MeasureTable {
            metric: value.metric,
            attribute: value.attribute,
        })
        .map_err(|error| {
            let help = match &error {
                ObjectiveError::Metric(cause) => cause.help(),
                _ => None,
            };
            let shown = "name it as the sweep does: `equipoise audit --list` shows the metrics";
            illegal(error.to_string(), help.unwrap_or_else(|| shown.to_owned()))
        })?;
        if !value.value.is_finite() {
            let message = format!("the value of `{measure}` is {}", value.value);
            return Err(illegal(message, "write a number, as a fraction".to_owned()));
        }
        if let Some(spread) = value
            .spread
            .filter(|spread| !(0.0..f64::INFINITY).contains(spread))
        {
            let message = format!("the spread of `{measure}` is {spread}; legal is 0 or more");
            let help = "leave it out where it is not known";
            return Err(illegal(message, help.to_owned()));
        }
        if values.iter().any(|(known, ..)| *known == measure) {
            let message = format!("`{measure}` has two values");
            return Err(illegal(message, "leave one out".to_owned()));
        }
        values.push((measure, value.value, value.spread));
    }
    Ok(PeerPoint {
        name: table.name,
        source: table.source,
        differs: table.differs,
        values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: &str = r#"
[[points]]
name = "Another"
source = "its paper"
values = [
    { metric = "accuracy", value = 0.85, spread = 0.003 },
    { metric = "demographic_parity_difference", attribute = "sex", value = 0.1 },
]
"#;

    #[test]
    fn a_point_is_found_by_the_measures_of_the_sweep() {
        let peers = PeerPoints::parse("peers.toml", POINT).unwrap();
        let measure = |metric: &str, attribute: Option<&str>| {
            Objective::new(&MeasureTable {
                metric: metric.to_owned(),
                attribute: attribute.map(str::to_owned),
            })
            .unwrap()
        };
        let point = &peers.points[0];
        assert_eq!(
            point.value(&measure("accuracy", None)),
            Some((0.85, Some(0.003)))
        );
        let gap = "demographic_parity_difference";
        assert_eq!(point.value(&measure(gap, Some("sex"))), Some((0.1, None)));
        assert_eq!(point.value(&measure(gap, Some("race"))), None);
    }

    #[test]
    fn everything_wrong_with_points_is_told() {
        let cases = [
            ("points = []".to_owned(), "`points` is empty"),
            (format!("{POINT}{POINT}"), "two points are named `Another`"),
            (POINT.replace("\"accuracy\"", "\"acuracy\""), "acuracy"),
            (
                POINT.replace("0.85", "nan"),
                "the value of `accuracy` is NaN",
            ),
            (
                POINT.replace("0.003", "-1.0"),
                "the spread of `accuracy` is -1",
            ),
            (
                POINT.replace(
                    "{ metric = \"demographic_parity_difference\", attribute = \"sex\"",
                    "{ metric = \"accuracy\"",
                ),
                "`accuracy` has two values",
            ),
            (
                POINT.replace(", attribute = \"sex\"", ""),
                "no `attribute` is named",
            ),
            (POINT.replace("source", "sauce"), "sauce"),
        ];
        for (text, told) in cases {
            let error = PeerPoints::parse("peers.toml", &text).unwrap_err();
            assert!(error.to_string().contains(told), "{error}");
            assert!(error.place().is_some() && error.help().is_some(), "{error}");
        }
    }

    #[test]
    fn the_points_that_ship_are_legal() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../datasets/adult/peers.toml"
        );
        let peers = PeerPoints::load(Path::new(path)).unwrap();
        assert!(peers.points.len() > 5 && !peers.protocol.is_empty());
        assert!(peers.points.iter().all(|point| !point.source.is_empty()));
    }
}
