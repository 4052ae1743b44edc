//! Checkpoints that are whole or not there.
//!
//! Each epoch has one folder with weights, their averages where there are some, optimizer state and
//! training state. It is written
//! under another name and renamed when it is complete, so a run that is killed at any moment
//! finds either the whole epoch or none of it. Only the newest and the best epoch are kept.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use burn::{optim::OptimizerRecord, store::ModuleRecord};
use equipoise_core::EpochRecord;
use equipoise_losses::TotalState;
use fs_err as fs;
use serde::{Deserialize, Serialize};

use crate::Error;

const SCHEMA: &str = "equipoise.checkpoint/2";
/// The name of the file with the weights.
const MODEL: &str = "model.bpk";
/// The name of the file with their averages.
const AVERAGE: &str = "average.bpk";

/// Everything but the tensors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    schema: String,
    /// What the checkpoint belongs to: settings, seed and data in one text.
    fingerprint: String,
    /// The last finished epoch, from 1.
    pub(crate) epoch: usize,
    /// The best epoch so far.
    pub(crate) best_epoch: usize,
    /// Its value; none before the first epoch.
    pub(crate) best_value: Option<f64>,
    /// Whether training has ended because nothing got better.
    pub(crate) stopped_early: bool,
    /// What losses and their weights remember.
    pub(crate) memory: TotalState,
    /// All epochs so far.
    pub(crate) records: Vec<EpochRecord>,
}

impl State {
    pub(crate) fn new(fingerprint: &str) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            fingerprint: fingerprint.to_owned(),
            epoch: 0,
            best_epoch: 0,
            best_value: None,
            stopped_early: false,
            memory: TotalState::default(),
            records: Vec::new(),
        }
    }
}

/// The tensors of an epoch.
pub(crate) struct Records {
    pub(crate) model: ModuleRecord,
    /// The averages of the weights, where there are some.
    pub(crate) average: Option<ModuleRecord>,
    pub(crate) optimizer: OptimizerRecord,
}

/// The checkpoints of one stage.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    folder: PathBuf,
    fingerprint: String,
}

impl Checkpoints {
    pub(crate) fn new(folder: PathBuf, fingerprint: String) -> Self {
        Self {
            folder,
            fingerprint,
        }
    }

    /// The state of the newest whole epoch, or a fresh one.
    pub(crate) fn latest(&self) -> Result<State, Error> {
        let Some(epoch) = self.epochs()?.into_iter().max() else {
            return Ok(State::new(&self.fingerprint));
        };
        let path = self.path(epoch).join("state.json");
        let text = fs::read_to_string(&path).map_err(|source| file("read", &path, source))?;
        let state: State = serde_json::from_str(&text).map_err(|error| Error::Checkpoint {
            action: "read",
            path: path.clone(),
            reason: error.to_string(),
        })?;
        for (found, expected) in [
            (&state.schema, SCHEMA),
            (&state.fingerprint, self.fingerprint.as_str()),
        ] {
            if found != expected {
                return Err(Error::OtherCheckpoint {
                    path,
                    found: found.clone(),
                    expected: expected.to_owned(),
                });
            }
        }
        Ok(state)
    }

    /// Keeps an epoch, and lets go of those that are neither the newest nor the best.
    pub(crate) fn save(&self, state: &State, records: Records) -> Result<(), Error> {
        let whole = self.path(state.epoch);
        let part = whole.with_extension("part");
        self.clear(&part)?;
        fs::create_dir_all(&part).map_err(|source| file("create", &part, source))?;
        let written = write_parts(&part, state, records).and_then(|()| {
            fs::rename(&part, &whole).map_err(|source| file("rename", &part, source))
        });
        if let Err(error) = written {
            // Best effort: the error that matters is the one that stopped the writing.
            let _ = fs::remove_dir_all(&part);
            return Err(error);
        }
        for epoch in self.epochs()? {
            if epoch != state.epoch && epoch != state.best_epoch {
                // Renamed first, so that a half-removed folder is never taken for an epoch.
                let old = self.path(epoch).with_extension("old");
                self.clear(&old)?;
                fs::rename(self.path(epoch), &old)
                    .map_err(|source| file("rename", &old, source))?;
                self.clear(&old)?;
            }
        }
        Ok(())
    }

    /// The weights that training goes on with.
    pub(crate) fn model(&self, epoch: usize) -> Result<ModuleRecord, Error> {
        load(self.path(epoch).join(MODEL))
    }

    /// The weights that were validated: the averages where there are some.
    pub(crate) fn judged(&self, epoch: usize) -> Result<ModuleRecord, Error> {
        let average = self.path(epoch).join(AVERAGE);
        if average.is_file() {
            return load(average);
        }
        self.model(epoch)
    }

    pub(crate) fn optimizer(&self, epoch: usize) -> Result<OptimizerRecord, Error> {
        let path = self.path(epoch).join("optimizer.bpk");
        OptimizerRecord::load(&path).map_err(|error| unreadable(path, &error))
    }

    fn path(&self, epoch: usize) -> PathBuf {
        self.folder.join(format!("epoch-{epoch}"))
    }

    /// The epochs whose folders are whole.
    fn epochs(&self) -> Result<Vec<usize>, Error> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(file("read", &self.folder, source)),
        };
        let mut epochs = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|source| file("read", &self.folder, source))?;
            let name = entry.file_name();
            if let Some(epoch) = name
                .to_str()
                .and_then(|name| name.strip_prefix("epoch-"))
                .and_then(|number| number.parse().ok())
            {
                epochs.push(epoch);
            }
        }
        epochs.sort_unstable();
        Ok(epochs)
    }

    #[expect(
        clippy::unused_self,
        reason = "reads as one of the steps on this folder"
    )]
    fn clear(&self, path: &Path) -> Result<(), Error> {
        match fs::remove_dir_all(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(file("remove", path, error))
            }
            _ => Ok(()),
        }
    }
}

fn load(path: PathBuf) -> Result<ModuleRecord, Error> {
    ModuleRecord::load(&path).map_err(|error| unreadable(path, &error))
}

fn write_parts(folder: &Path, state: &State, records: Records) -> Result<(), Error> {
    let failed = |path: &Path, reason: String| Error::Checkpoint {
        action: "write",
        path: path.to_owned(),
        reason,
    };
    // As bytes: a record that saves itself keeps the reason of the system in words alone.
    let modules = [(MODEL, Some(records.model)), (AVERAGE, records.average)];
    for (name, record) in modules {
        let Some(record) = record else { continue };
        let path = folder.join(name);
        let bytes = record
            .into_bytes()
            .map_err(|error| failed(&path, error.to_string()))?;
        write_through(&path, &bytes)?;
    }
    let path = folder.join("optimizer.bpk");
    let bytes = records
        .optimizer
        .into_bytes()
        .map_err(|error| failed(&path, error.to_string()))?;
    write_through(&path, &bytes)?;
    let path = folder.join("state.json");
    let text = serde_json::to_string(state).map_err(|error| failed(&path, error.to_string()))?;
    write_through(&path, text.as_bytes())
}

/// Writes a file and waits until the disk has it: a rename must not come before its content.
fn write_through(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::File::create(path)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .map_err(|source| file("write", path, source))
}

fn unreadable(path: PathBuf, error: &impl std::fmt::Display) -> Error {
    Error::Checkpoint {
        action: "read",
        reason: error.to_string(),
        path,
    }
}

fn file(action: &'static str, path: &Path, source: std::io::Error) -> Error {
    Error::File {
        action,
        path: path.to_owned(),
        source,
    }
}
