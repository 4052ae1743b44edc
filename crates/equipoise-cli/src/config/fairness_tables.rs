//! `[fairness]`, or several `[[fairness]]`.

use std::fmt;

use equipoise_losses::{FairnessConfig, LambdaConfig};
use serde::{
    Deserialize, Serialize,
    de::{Deserializer, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
    ser::Serializer,
};

/// The fairness losses of a configuration: one table, or a list of them.
///
/// Which of the two was written is kept, so that it is written out as it was.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FairnessTables {
    /// `[fairness]`
    One(Box<FairnessConfig>),
    /// `[[fairness]]`, in order.
    Several(Vec<FairnessConfig>),
}

impl FairnessTables {
    /// The losses, in order.
    pub(crate) fn terms(&self) -> &[FairnessConfig] {
        match self {
            Self::One(term) => std::slice::from_ref(term),
            Self::Several(terms) => terms,
        }
    }

    /// Whether the weight of some loss is found for a target.
    pub(crate) fn has_target(&self) -> bool {
        let has_target = |term: &FairnessConfig| matches!(term.lambda, LambdaConfig::Target(_));
        self.terms().iter().any(has_target)
    }

    /// The key of a loss: `fairness`, or its place in the list, from 0.
    pub(super) fn key(&self, index: usize) -> String {
        match self {
            Self::One(_) => "fairness".to_owned(),
            Self::Several(_) => format!("fairness[{index}]"),
        }
    }
}

impl Serialize for FairnessTables {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(term) => term.serialize(serializer),
            Self::Several(terms) => terms.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for FairnessTables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TablesVisitor;

        impl<'de> Visitor<'de> for TablesVisitor {
            type Value = FairnessTables;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a table `[fairness]`, or several `[[fairness]]`")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FairnessTables, A::Error> {
                let term = FairnessConfig::deserialize(MapAccessDeserializer::new(map))?;
                Ok(FairnessTables::One(Box::new(term)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<FairnessTables, A::Error> {
                let mut terms = Vec::new();
                while let Some(term) = list.next_element()? {
                    terms.push(term);
                }
                Ok(FairnessTables::Several(terms))
            }
        }

        deserializer.deserialize_any(TablesVisitor)
    }
}
