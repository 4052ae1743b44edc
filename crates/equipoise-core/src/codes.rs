//! Columns of small whole numbers, stored narrowly.

/// A column of codes in the narrowest type that holds all that may occur: what is read often
/// should be small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeColumn {
    /// Codes below 2^8.
    U8(Vec<u8>),
    /// Codes below 2^16.
    U16(Vec<u16>),
    /// All other codes.
    U32(Vec<u32>),
}

/// A column of codes that lies somewhere else, in the type that it has there.
///
/// ```
/// use equipoise_core::Codes;
///
/// let codes = Codes::from(&[0u8, 1, 2][..]);
/// assert_eq!(codes.len(), 3);
/// assert_eq!(codes.get(2), Some(2));
/// assert_eq!(codes.get(3), None);
/// ```
#[derive(Debug, Clone, Copy)]
pub enum Codes<'a> {
    /// Codes of one byte.
    U8(&'a [u8]),
    /// Codes of two bytes.
    U16(&'a [u16]),
    /// Codes of four bytes.
    U32(&'a [u32]),
}

impl CodeColumn {
    /// An empty column for codes below `values`, with room for some rows.
    pub(crate) fn with_capacity(values: usize, rows: usize) -> Self {
        if values <= 1 << 8 {
            Self::U8(Vec::with_capacity(rows))
        } else if values <= 1 << 16 {
            Self::U16(Vec::with_capacity(rows))
        } else {
            Self::U32(Vec::with_capacity(rows))
        }
    }

    /// Adds codes below the number of values that the column was made for.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the column was made for codes of this width"
    )]
    pub(crate) fn extend(&mut self, codes: &[u32]) {
        match self {
            Self::U8(column) => column.extend(codes.iter().map(|&code| code as u8)),
            Self::U16(column) => column.extend(codes.iter().map(|&code| code as u16)),
            Self::U32(column) => column.extend_from_slice(codes),
        }
    }

    /// The codes of the rows with the given numbers, in that order.
    pub(crate) fn take(&self, rows: &[usize]) -> Self {
        fn taken<T: Copy>(column: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().map(|&row| column[row]).collect()
        }
        match self {
            Self::U8(column) => Self::U8(taken(column, rows)),
            Self::U16(column) => Self::U16(taken(column, rows)),
            Self::U32(column) => Self::U32(taken(column, rows)),
        }
    }

    /// The codes.
    pub fn as_codes(&self) -> Codes<'_> {
        match self {
            Self::U8(column) => Codes::U8(column),
            Self::U16(column) => Codes::U16(column),
            Self::U32(column) => Codes::U32(column),
        }
    }
}

impl Codes<'_> {
    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(codes) => codes.len(),
            Self::U16(codes) => codes.len(),
            Self::U32(codes) => codes.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code of one row, or `None` beyond the last.
    pub fn get(&self, row: usize) -> Option<u32> {
        match self {
            Self::U8(codes) => codes.get(row).copied().map(u32::from),
            Self::U16(codes) => codes.get(row).copied().map(u32::from),
            Self::U32(codes) => codes.get(row).copied(),
        }
    }

    /// All codes, in four bytes each.
    pub fn to_vec(&self) -> Vec<u32> {
        match self {
            Self::U8(codes) => codes.iter().copied().map(u32::from).collect(),
            Self::U16(codes) => codes.iter().copied().map(u32::from).collect(),
            Self::U32(codes) => codes.to_vec(),
        }
    }
}

impl<'a> From<&'a [u8]> for Codes<'a> {
    fn from(codes: &'a [u8]) -> Self {
        Self::U8(codes)
    }
}

impl<'a> From<&'a [u16]> for Codes<'a> {
    fn from(codes: &'a [u16]) -> Self {
        Self::U16(codes)
    }
}

impl<'a> From<&'a [u32]> for Codes<'a> {
    fn from(codes: &'a [u32]) -> Self {
        Self::U32(codes)
    }
}
