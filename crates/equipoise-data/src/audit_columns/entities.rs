//! Which rows belong to the same person, hospital or other entity.

use super::Kept;
use super::part::Values;
use super::piece::Parts;
use crate::Error;
use crate::read::texts::MISSING;

/// A code for each row that is kept; rows of the same value have the same code.
pub(super) fn read(parts: &mut Parts<'_>, kept: Kept<'_>, column: &str) -> Result<Vec<u32>, Error> {
    let texts = parts.names(column)?;
    let code = |&code: &u32| (code != MISSING).then_some(code);
    let codes = Values::Some(texts.codes.iter().map(code).collect());
    kept.of(codes, "cluster", column)
}
