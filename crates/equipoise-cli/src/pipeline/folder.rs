//! The folder of a run: what lies where, who may write, and whether it is finished.

use std::{
    fs::TryLockError,
    path::{Path, PathBuf},
};

use equipoise_data::write_atomically;
use fs_err as fs;

use crate::error::CliError;

/// The file that is written last: where it is, the run is finished.
const RUN: &str = "run.json";

/// A folder that this process alone may write to.
#[derive(Debug)]
pub(crate) struct RunFolder {
    root: PathBuf,
    /// Held as long as the folder is in use; the system lets go of it however the process ends.
    _lock: std::fs::File,
}

impl RunFolder {
    /// Opens the folder for a run of a configuration, given as text with every default written
    /// out; makes it where it is not there. A folder of another configuration that was never
    /// trained, as a mistake in it leaves one, is taken over.
    ///
    /// # Errors
    ///
    /// When the folder belongs to another configuration, holds something else, is in use by
    /// another process, or cannot be written.
    pub(crate) fn open(root: &Path, config: &str) -> Result<Self, CliError> {
        // Looked at before anything is made, and again when no other process can change it.
        refuse_other(root, config)?;
        fs::create_dir_all(root).map_err(CliError::file("make the output folder"))?;
        let folder = Self {
            root: root.to_owned(),
            _lock: lock(root)?,
        };
        refuse_other(root, config)?;
        folder.write("config.toml", config.as_bytes())?;
        Ok(folder)
    }

    /// Whether everything was written.
    pub(crate) fn is_finished(&self) -> bool {
        self.path(RUN).exists()
    }

    /// The folder itself.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The path of something in the folder.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.root.join(name)
    }

    /// The folder of a model.
    pub(crate) fn model(&self, name: &str) -> PathBuf {
        self.root.join("models").join(name)
    }

    /// The folder of a model's checkpoints; it is removed when the run is finished.
    pub(crate) fn checkpoints(&self, name: &str) -> PathBuf {
        self.root.join("checkpoints").join(name)
    }

    /// Writes a file beside its place and renames it, so that it is whole or not there.
    ///
    /// # Errors
    ///
    /// When it cannot be written; nothing half-written is kept.
    pub(crate) fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<(), CliError> {
        write_atomically(&self.path(name), bytes).map_err(CliError::file("write a result"))
    }

    /// Writes the record of the run, which makes it a finished one, and lets go of what was only
    /// needed to resume.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub(crate) fn finish(&self, record: &[u8]) -> Result<(), CliError> {
        self.write(RUN, record)?;
        self.clear_checkpoints()
    }

    /// Removes the checkpoints.
    ///
    /// # Errors
    ///
    /// When they are there and cannot be removed.
    pub(crate) fn clear_checkpoints(&self) -> Result<(), CliError> {
        match fs::remove_dir_all(self.root.join("checkpoints")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(CliError::file("remove the checkpoints")(error))
            }
            _ => Ok(()),
        }
    }
}

/// A folder must be that of the same configuration, or of one that was never trained, or empty.
fn refuse_other(root: &Path, config: &str) -> Result<(), CliError> {
    match fs::read_to_string(root.join("config.toml")) {
        Ok(found) if found != config && !is_untrained(root)? => {
            Err(other_config(root, &found, config))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => refuse_foreign(root),
        Err(error) => Err(CliError::file("read the configuration of the run")(error)),
    }
}

/// An existing folder without a configuration must be empty.
fn refuse_foreign(root: &Path) -> Result<(), CliError> {
    let mut entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(CliError::file("read the output folder")(error)),
    };
    // A run that was killed right at its start may have left these.
    let ours = |name: &std::ffi::OsStr| name == LOCK || name == "config.toml.part";
    let foreign = entries.find(|entry| !matches!(entry, Ok(entry) if ours(&entry.file_name())));
    if foreign.is_none() {
        return Ok(());
    }
    Err(CliError::Usage {
        message: format!(
            "the output folder `{}` is not empty and holds no run",
            root.display()
        ),
        help: Some("name a new folder with `--out`".to_owned()),
    })
}

/// What a run writes before it trains.
const BEFORE_TRAINING: [&str; 8] = [
    LOCK,
    "config.toml",
    "config.toml.part",
    "corpus.json",
    "corpus.json.part",
    "data.json",
    "data.json.part",
    "log.jsonl",
];

/// Whether a folder with a configuration holds nothing that was trained.
fn is_untrained(root: &Path) -> Result<bool, CliError> {
    let read = |root| -> std::io::Result<bool> {
        for entry in fs::read_dir(root)? {
            let name = entry?.file_name();
            if !BEFORE_TRAINING.iter().any(|known| name == *known) {
                return Ok(false);
            }
        }
        Ok(true)
    };
    read(root).map_err(CliError::file("read the output folder"))
}

fn other_config(root: &Path, found: &str, wanted: &str) -> CliError {
    let difference = found
        .lines()
        .zip(wanted.lines())
        .find(|(found, wanted)| found != wanted)
        .map_or_else(
            || "one has more lines".to_owned(),
            |(found, wanted)| format!("there `{found}`, here `{wanted}`"),
        );
    CliError::Usage {
        message: format!(
            "the output folder `{}` belongs to another configuration: {difference}",
            root.display()
        ),
        help: Some("name another folder with `--out`, or remove this one".to_owned()),
    }
}

/// The file whose lock says that the folder is in use.
const LOCK: &str = ".lock";

fn lock(root: &Path) -> Result<std::fs::File, CliError> {
    let path = root.join(LOCK);
    let file = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(CliError::file("open the lock of the output folder"))?;
    let (file, _) = file.into_parts();
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(CliError::Usage {
            message: format!(
                "the output folder `{}` is in use by another process",
                root.display()
            ),
            help: Some("wait for it, or name another folder with `--out`".to_owned()),
        }),
        Err(TryLockError::Error(error)) => Err(CliError::file("lock the output folder")(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_belongs_to_one_configuration() {
        let temporary = tempfile::tempdir().unwrap();
        let root = temporary.path().join("run");
        let folder = RunFolder::open(&root, "seed = 1\n").unwrap();
        assert!(!folder.is_finished());
        std::fs::create_dir_all(folder.checkpoints("plain")).unwrap();
        drop(folder);
        drop(RunFolder::open(&root, "seed = 1\n").unwrap());
        let error = RunFolder::open(&root, "seed = 2\n")
            .unwrap_err()
            .to_string();
        assert!(
            error.ends_with("another configuration: there `seed = 1`, here `seed = 2`"),
            "{error}"
        );
    }

    #[test]
    fn a_folder_that_was_never_trained_takes_another_configuration() {
        let temporary = tempfile::tempdir().unwrap();
        let root = temporary.path();
        drop(RunFolder::open(root, "seed = 1\n").unwrap());
        std::fs::write(root.join("log.jsonl"), "{}\n").unwrap();
        drop(RunFolder::open(root, "seed = 2\n").unwrap());
        let written = std::fs::read_to_string(root.join("config.toml")).unwrap();
        assert_eq!(written, "seed = 2\n");
    }

    #[test]
    fn a_folder_with_other_files_is_left_alone() {
        let temporary = tempfile::tempdir().unwrap();
        std::fs::write(temporary.path().join("thesis.txt"), "mine").unwrap();
        let error = RunFolder::open(temporary.path(), "").unwrap_err();
        assert!(error.to_string().contains("is not empty and holds no run"));
        assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 1);
    }

    #[test]
    fn two_processes_do_not_share_a_folder() {
        let temporary = tempfile::tempdir().unwrap();
        let _first = RunFolder::open(temporary.path(), "").unwrap();
        let error = RunFolder::open(temporary.path(), "").unwrap_err();
        assert!(error.to_string().contains("is in use by another process"));
    }

    #[test]
    fn a_finished_run_has_a_record_and_no_checkpoints() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = RunFolder::open(temporary.path(), "").unwrap();
        std::fs::create_dir_all(folder.checkpoints("plain")).unwrap();
        folder.finish(b"{}").unwrap();
        assert!(folder.is_finished());
        assert!(!folder.checkpoints("plain").exists());
    }
}
