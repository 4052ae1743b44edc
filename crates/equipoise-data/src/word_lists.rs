//! Lists of words: those that ship have names, and others are files.

use std::path::Path;

use equipoise_text::{NameSwap, Swapper};

/// Whether a list of words is a file of the user, and not one that ships.
pub(crate) fn is_file(list: &str) -> bool {
    Path::new(list)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// What swaps the pairs of words of a list.
///
/// # Errors
///
/// When the list cannot be read, or is none that ships.
pub(crate) fn swapper(list: &str, names: NameSwap) -> Result<Swapper, equipoise_text::Error> {
    if is_file(list) {
        Swapper::read(Path::new(list), names)
    } else {
        Swapper::builtin(list, names)
    }
}
