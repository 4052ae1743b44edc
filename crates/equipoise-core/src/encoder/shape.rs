//! The widths of encoded features.

use serde::{Deserialize, Serialize};

/// The widths of encoded features: what a model must know to be built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureShape {
    /// The number of numeric inputs, missing indicators included.
    pub numeric: usize,
    /// How many of the numeric inputs are those of each number, in their order; they sum to
    /// `numeric`. Empty where each number has one input.
    ///
    /// A piecewise-linear number has one input for each piece, and all of them are one feature: a
    /// transformer makes one token of them, and pretraining hides them together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub number_widths: Vec<usize>,
    /// The number of distinct inputs of each category column (levels, unknown, and missing).
    pub cardinalities: Vec<usize>,
}

impl FeatureShape {
    /// Numbers with one input each, and categories.
    pub fn new(numeric: usize, cardinalities: Vec<usize>) -> Self {
        Self {
            numeric,
            number_widths: Vec::new(),
            cardinalities,
        }
    }

    /// Numbers with so many inputs each, and categories.
    pub fn with_number_widths(widths: Vec<usize>, cardinalities: Vec<usize>) -> Self {
        let numeric = widths.iter().sum();
        let one_each = widths.iter().all(|&width| width == 1);
        Self {
            numeric,
            number_widths: if one_each { Vec::new() } else { widths },
            cardinalities,
        }
    }

    /// The number of numbers, missing indicators included.
    pub fn numbers(&self) -> usize {
        if self.number_widths.is_empty() {
            self.numeric
        } else {
            self.number_widths.len()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_one_input_need_no_widths() {
        assert_eq!(
            FeatureShape::with_number_widths(vec![1, 1], vec![4]),
            FeatureShape::new(2, vec![4])
        );
        let wide = FeatureShape::with_number_widths(vec![3, 1], vec![]);
        assert_eq!((wide.numeric, wide.numbers()), (4, 2));
    }

    #[test]
    fn a_shape_without_widths_is_read_as_one_input_each() {
        let text = r#"{"numeric":2,"cardinalities":[3]}"#;
        let shape: FeatureShape = serde_json::from_str(text).unwrap();
        assert_eq!(shape, FeatureShape::new(2, vec![3]));
        assert_eq!(serde_json::to_string(&shape).unwrap(), text);
    }
}
