//! Which weights move in fine-tuning.

use std::fmt;

use equipoise_models::LoraConfig;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{
        MapAccess, Visitor,
        value::{MapAccessDeserializer, MapDeserializer},
    },
};

use super::range::at_least_one;
use crate::Error;

/// Which weights move in fine-tuning: in a config a name, `"head"`, or a table with a `kind`,
/// `{ kind = "lora", rank = 8 }`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum Strategy {
    /// All.
    #[default]
    Full,
    /// The head alone; the base model stays as it was pretrained.
    Head,
    /// Low-rank adapters of the layers, and the head; see [`equipoise_models::lora`].
    Lora(LoraConfig),
    /// The last layers, and the head.
    LastLayers(LastLayersConfig),
}

/// How many layers move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastLayersConfig {
    /// The number of layers next to the head that move with it; 1 or more, and at most as many as
    /// the model has.
    pub layers: usize,
}

impl Strategy {
    /// The name in configurations.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Head => "head",
            Self::Lora(_) => "lora",
            Self::LastLayers(_) => "last-layers",
        }
    }

    /// Whether some weights of the base model never move.
    pub fn keeps_base(&self) -> bool {
        *self != Self::Full
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        match self {
            Self::Full | Self::Head => Ok(()),
            Self::Lora(lora) => Ok(lora.check()?),
            Self::LastLayers(last) => at_least_one("finetune.strategy.layers", last.layers),
        }
    }
}

/// A strategy as a table.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Written {
    Full(Nothing),
    Head(Nothing),
    Lora(LoraConfig),
    LastLayers(LastLayersConfig),
}

/// A table that has no key but its kind.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl From<Written> for Strategy {
    fn from(written: Written) -> Self {
        match written {
            Written::Full(Nothing {}) => Self::Full,
            Written::Head(Nothing {}) => Self::Head,
            Written::Lora(lora) => Self::Lora(lora),
            Written::LastLayers(last) => Self::LastLayers(last),
        }
    }
}

impl Serialize for Strategy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Full | Self::Head => serializer.serialize_str(self.name()),
            Self::Lora(lora) => Written::Lora(lora).serialize(serializer),
            Self::LastLayers(last) => Written::LastLayers(last).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Strategy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrTable;

        impl<'de> Visitor<'de> for NameOrTable {
            type Value = Strategy;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text in quotes, or a table such as { kind = \"lora\", rank = 8 }")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Strategy, E> {
                let table = MapDeserializer::new(std::iter::once(("kind", name)));
                Written::deserialize(table).map(Strategy::from)
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Strategy, A::Error> {
                Written::deserialize(MapAccessDeserializer::new(table)).map(Strategy::from)
            }
        }

        deserializer.deserialize_any(NameOrTable)
    }
}

#[cfg(test)]
mod tests {
    use equipoise_models::LoraTargets;
    use serde_json::{Value, json};

    use super::*;

    fn read(value: &Value) -> Result<Strategy, String> {
        serde_json::from_value(value.clone()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_is_a_table_with_all_defaults() {
        assert_eq!(read(&json!("full")), Ok(Strategy::Full));
        assert_eq!(read(&json!({ "kind": "head" })), Ok(Strategy::Head));
        let lora = Strategy::Lora(LoraConfig::default());
        assert_eq!(read(&json!("lora")), Ok(lora));
        assert_eq!(
            read(&json!({ "kind": "lora", "rank": 4, "targets": "linear" })),
            Ok(Strategy::Lora(LoraConfig {
                rank: 4,
                targets: LoraTargets::Linear,
                ..LoraConfig::default()
            }))
        );
    }

    #[test]
    fn what_is_written_reads_back() {
        for strategy in [
            Strategy::Full,
            Strategy::Head,
            Strategy::Lora(LoraConfig::default()),
            Strategy::LastLayers(LastLayersConfig { layers: 2 }),
        ] {
            let value = serde_json::to_value(strategy).unwrap();
            assert_eq!(read(&value), Ok(strategy));
            let name = value
                .as_str()
                .unwrap_or_else(|| value["kind"].as_str().unwrap());
            assert_eq!(name, strategy.name());
        }
    }

    #[test]
    fn what_no_strategy_has_is_told() {
        for (value, message) in [
            (
                json!("dora"),
                "unknown variant `dora`, expected one of `full`, `head`, `lora`, `last-layers`",
            ),
            (json!("last-layers"), "missing field `layers`"),
            (
                json!({ "kind": "head", "rank": 8 }),
                "unknown field `rank`, there are no fields",
            ),
            (
                json!({ "kind": "lora", "layers": 2 }),
                "unknown field `layers`, expected one of `rank`, `alpha`, `targets`",
            ),
        ] {
            assert_eq!(read(&value).unwrap_err(), message);
        }
    }
}
