//! Arguments of the commands that read a configuration.

use std::{ffi::OsStr, path::PathBuf};

use clap::Args;

use crate::config::Assignment;

/// A configuration, and what is put over it.
#[derive(Debug, Clone, Args)]
pub(crate) struct ConfigArgs {
    /// The configuration, a TOML file. Paths inside it are relative to the current folder.
    #[arg(value_name = "CONFIG")]
    pub(crate) path: PathBuf,

    /// Set one key of the configuration to a TOML value, or to a bare word as a text; can be given
    /// several times: `--set finetune.epochs=3 --set model.kind=mlp`.
    #[arg(long, value_name = "KEY.PATH=VALUE")]
    pub(crate) set: Vec<Assignment>,

    /// The seed of every random step, except an explicit `data.split.seed` [default: that of the
    /// configuration, or else 0].
    #[arg(long, value_name = "NUMBER", value_parser = super::seed())]
    pub(crate) seed: Option<u64>,

    /// Where tensors live: auto, cpu, ndarray, cuda, cuda:1 [default: that of the configuration,
    /// or else auto].
    #[arg(long, value_name = "NAME")]
    pub(crate) device: Option<String>,
}

impl ConfigArgs {
    /// The name of the file without its extension.
    pub(crate) fn file_stem(&self) -> Option<&OsStr> {
        self.path.file_stem()
    }
}
