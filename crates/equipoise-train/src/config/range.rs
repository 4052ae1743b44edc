//! Checks of settings against their legal ranges.

use crate::Error;

/// A number of things of which there must be one.
pub(super) fn at_least_one(key: &str, value: usize) -> Result<(), Error> {
    if value == 0 {
        return Err(Error::Setting {
            key: key.to_owned(),
            value: value.to_string(),
            legal: "1 or more",
        });
    }
    Ok(())
}

/// The limit of a norm, where there is one.
pub(super) fn check_clip(key: &str, value: Option<f64>) -> Result<(), Error> {
    value.map_or(Ok(()), |norm| {
        within(key, norm, "finite and above 0", |norm| norm > 0.0)
    })
}

/// A finite number that is as `legal` says.
pub(super) fn within(
    key: &str,
    value: f64,
    legal: &'static str,
    is_legal: impl Fn(f64) -> bool,
) -> Result<(), Error> {
    if value.is_finite() && is_legal(value) {
        return Ok(());
    }
    Err(Error::Setting {
        key: key.to_owned(),
        value: value.to_string(),
        legal,
    })
}
