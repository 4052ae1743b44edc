//! Tables of plain text with aligned columns.

use std::fmt;

/// A table whose columns are as wide as their widest cell.
///
/// Columns of numbers stand to the right, the others to the left. Two spaces lie between columns.
#[derive(Debug, Clone)]
pub(crate) struct TextTable {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

#[derive(Debug, Clone)]
struct Column {
    heading: String,
    right: bool,
}

impl TextTable {
    /// A table without columns.
    pub(crate) fn new() -> Self {
        Self {
            columns: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// The same with one more column of texts.
    #[must_use]
    pub(crate) fn text(self, heading: impl Into<String>) -> Self {
        self.column(heading, false)
    }

    /// The same with one more column of numbers.
    #[must_use]
    pub(crate) fn number(self, heading: impl Into<String>) -> Self {
        self.column(heading, true)
    }

    fn column(mut self, heading: impl Into<String>, right: bool) -> Self {
        self.columns.push(Column {
            heading: heading.into(),
            right,
        });
        self
    }

    /// Adds a row; cells that are not given are empty.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    fn width(&self, index: usize, column: &Column) -> usize {
        self.rows
            .iter()
            .filter_map(|row| row.get(index))
            .map(|cell| cell.chars().count())
            .chain([column.heading.chars().count()])
            .max()
            .unwrap_or_default()
    }
}

impl fmt::Display for TextTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| self.width(index, column))
            .collect();
        let line = |cells: &[&str]| {
            let padded: Vec<String> = self
                .columns
                .iter()
                .zip(&widths)
                .zip(cells)
                .map(|((column, &width), cell)| {
                    if column.right {
                        format!("{cell:>width$}")
                    } else {
                        format!("{cell:<width$}")
                    }
                })
                .collect();
            padded.join("  ").trim_end().to_owned()
        };
        let headings: Vec<&str> = self
            .columns
            .iter()
            .map(|column| column.heading.as_str())
            .collect();
        writeln!(f, "{}", line(&headings))?;
        for row in &self.rows {
            let mut cells: Vec<&str> = row.iter().map(String::as_str).collect();
            cells.resize(self.columns.len(), "");
            writeln!(f, "{}", line(&cells))?;
        }
        Ok(())
    }
}

/// A count with its digits in groups of three: `16,280`.
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 row`, `16,280 rows`.
pub(crate) fn counted(count: usize, one: &str, several: &str) -> String {
    format!(
        "{} {}",
        grouped(count),
        if count == 1 { one } else { several }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = TextTable::new().text("name").number("rows").text("note");
        table.row(["sex".to_owned(), "5".to_owned(), "small".to_owned()]);
        table.row(["origin".to_owned(), "1,200".to_owned()]);
        assert_eq!(
            table.to_string(),
            "name     rows  note\nsex         5  small\norigin  1,200\n"
        );
    }

    #[test]
    fn digits_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(16_280), "16,280");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "row", "rows"), "1 row");
        assert_eq!(counted(1_200, "row", "rows"), "1,200 rows");
    }
}
