//! `--bins column=edges`.

use std::str::FromStr;

/// One `--bins`: a column of numbers, and the edges that cut it into groups.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bins {
    /// The column; never empty.
    pub(crate) column: String,
    /// Finite numbers, ascending; at least one.
    pub(crate) edges: Vec<f64>,
}

/// What can be wrong with a `--bins`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BinsError {
    /// There is no equals sign.
    #[error("no `=`; write a column and its edges, such as `age=25,45,65`")]
    NoEdges,
    /// Nothing stands before the equals sign.
    #[error("no column before `=`; write `age=25,45,65`")]
    NoColumn,
    /// An edge is not a number.
    #[error("the edge `{edge}` is not a finite number")]
    NotANumber {
        /// What was found.
        edge: String,
    },
    /// An edge does not lie above the one before it.
    #[error("the edges {edges} do not ascend")]
    NotAscending {
        /// All edges.
        edges: String,
    },
}

impl FromStr for Bins {
    type Err = BinsError;

    fn from_str(text: &str) -> Result<Self, BinsError> {
        // The name of a column may hold an equals sign, an edge does not.
        let (column, edges) = text.rsplit_once('=').ok_or(BinsError::NoEdges)?;
        let column = column.trim();
        if column.is_empty() {
            return Err(BinsError::NoColumn);
        }
        let numbers = edges
            .split(',')
            .map(|edge| {
                let number = edge
                    .trim()
                    .parse()
                    .ok()
                    .filter(|edge: &f64| edge.is_finite());
                number.ok_or_else(|| BinsError::NotANumber {
                    edge: edge.trim().to_owned(),
                })
            })
            .collect::<Result<Vec<f64>, _>>()?;
        if !numbers.is_sorted_by(|lower, upper| lower < upper) {
            return Err(BinsError::NotAscending {
                edges: edges.trim().to_owned(),
            });
        }
        Ok(Self {
            column: column.to_owned(),
            edges: numbers,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_and_its_edges() {
        for (text, column, edges) in [
            ("age=25,45,65", "age", &[25.0, 45.0, 65.0] as &[f64]),
            (" age at entry = -1.5 ", "age at entry", &[-1.5]),
            ("a=b=0, 1", "a=b", &[0.0, 1.0]),
        ] {
            let bins: Bins = text.parse().unwrap();
            assert_eq!(
                (bins.column.as_str(), bins.edges.as_slice()),
                (column, edges)
            );
        }
    }

    #[test]
    fn what_is_not_legal_says_why() {
        for (text, message) in [
            (
                "age",
                "no `=`; write a column and its edges, such as `age=25,45,65`",
            ),
            ("=25", "no column before `=`; write `age=25,45,65`"),
            ("age=", "the edge `` is not a finite number"),
            ("age=25,", "the edge `` is not a finite number"),
            ("age=25,old", "the edge `old` is not a finite number"),
            ("age=nan", "the edge `nan` is not a finite number"),
            ("age=45,25", "the edges 45,25 do not ascend"),
            ("age=25,25", "the edges 25,25 do not ascend"),
        ] {
            assert_eq!(text.parse::<Bins>().unwrap_err().to_string(), message);
        }
    }
}
