//! Encoded rows.

/// Encoded rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EncodedFeatures {
    /// The number of rows.
    pub rows: usize,
    /// The numeric inputs of a row.
    pub numeric_width: usize,
    /// Numeric inputs, `[rows, numeric_width]`, row after row.
    pub numeric: Vec<f32>,
    /// The category inputs of a row.
    pub categorical_width: usize,
    /// Category inputs, `[rows, categorical_width]`, row after row.
    pub categorical: Vec<u32>,
    /// Columns in which missing numbers were replaced by the training mean without an indicator,
    /// since the training part had none missing, with how many. Tell your user.
    pub imputed: Vec<(String, usize)>,
}

impl EncodedFeatures {
    /// The numeric inputs of one row.
    pub fn numeric_row(&self, row: usize) -> &[f32] {
        &self.numeric[row * self.numeric_width..(row + 1) * self.numeric_width]
    }

    /// The category inputs of one row.
    pub fn categorical_row(&self, row: usize) -> &[u32] {
        &self.categorical[row * self.categorical_width..(row + 1) * self.categorical_width]
    }
}
