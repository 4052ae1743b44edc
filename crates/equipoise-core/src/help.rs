//! How errors offer a remedy, and the closest known name.

use std::io;

/// An error that may tell its reader what to do about it.
///
/// The `Display` text of an error says where it happened, what was found and what is legal; the
/// remedy is kept apart so that a program can set it off as a line of its own.
pub trait Help: std::error::Error {
    /// What the reader can do, as a sentence without a full stop, or `None`.
    fn help(&self) -> Option<String> {
        None
    }
}

/// What can be done about an error of the file system, where its kind says it.
///
/// ```
/// use std::io;
///
/// let full = io::Error::from(io::ErrorKind::StorageFull);
/// let help = equipoise_core::file_help(&full);
/// assert!(help.is_some_and(|help| help.starts_with("make room on the disk")));
/// assert_eq!(equipoise_core::file_help(&io::Error::other("no kind")), None);
/// ```
pub fn file_help(error: &io::Error) -> Option<String> {
    use io::ErrorKind;

    let text = match error.kind() {
        ErrorKind::NotFound => "a relative path starts at the folder from which the program is run",
        ErrorKind::NotADirectory => "a file stands where a folder is needed: name another path",
        ErrorKind::PermissionDenied => "are its permissions as they should be?",
        ErrorKind::ReadOnlyFilesystem => "name a path on a disk that can be written",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "make room on the disk and run the same command again; nothing half-written is kept"
        }
        ErrorKind::FileTooLarge => {
            "raise the limit on the size of a file (`ulimit -f`) and run the same command again; \
             nothing half-written is kept"
        }
        _ => return None,
    };
    Some(text.to_owned())
}

/// The known name closest to `wanted`, if any is close enough to be what was meant.
///
/// Closeness is the Damerau-Levenshtein distance without regard to case; at most a third of the
/// letters (and always at least two) may differ. Ties go to the name that comes first.
///
/// ```
/// use equipoise_core::closest;
///
/// assert_eq!(closest("incme", ["age", "income"]), Some("income"));
/// assert_eq!(closest("height", ["age", "income"]), None);
/// ```
pub fn closest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wanted.to_lowercase();
    let limit = (wanted.chars().count() / 3).max(2);
    known
        .into_iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&wanted, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, name)| *distance <= limit && *distance < name.chars().count().max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}
