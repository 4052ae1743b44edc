//! The files of an audit: patterns, and standard input.

use std::io;

use equipoise_data::{DataFile, Error as DataError, Spool};

use crate::{
    args::{AuditArgs, InputFormat, STANDARD_INPUT},
    error::CliError,
};

/// What standard input is called where a file would be named.
const NAME: &str = "standard input";

/// The files of an audit, and the copy of standard input if that is one of them.
pub(super) struct Files {
    pub(super) files: Vec<DataFile>,
    copy: Option<Spool>,
}

impl Files {
    /// Looks the files up, in the order in which they are named.
    ///
    /// # Errors
    ///
    /// When a pattern matches nothing, when a format is not known, or when standard input cannot
    /// be copied.
    pub(super) fn find(args: &AuditArgs) -> Result<Self, CliError> {
        let format = args.input.input_format.map(InputFormat::format);
        let mut files: Vec<DataFile> = Vec::new();
        let mut copy = None;
        for pattern in &args.files {
            if pattern.as_os_str() != STANDARD_INPUT {
                files.extend(DataFile::expand(pattern, format).map_err(CliError::ByOptions)?);
                continue;
            }
            let Some(format) = format else {
                return Err(CliError::Usage {
                    message: "the format of standard input is not given".to_owned(),
                    help: Some("name it, for example with `--input-format csv`".to_owned()),
                });
            };
            if copy.is_none() {
                let spool = Spool::copy(io::stdin().lock(), format).map_err(CliError::ByOptions)?;
                files.push(spool.file());
                copy = Some(spool);
            } else {
                return Err(CliError::usage("standard input is named twice"));
            }
        }
        if let Some((index, twice)) = (files.iter().enumerate())
            .find(|(index, file)| files[..*index].iter().any(|known| known == *file))
        {
            return Err(CliError::Usage {
                message: format!("`{}` is named twice", twice.path().display()),
                help: Some(format!(
                    "its rows would count twice; leave out file {}",
                    index + 1
                )),
            });
        }
        Ok(Self { files, copy })
    }

    /// What an audit of these files is called: the name of the file alone, for where it lies is no
    /// one else's business.
    pub(super) fn title(&self) -> String {
        match (&self.copy, &*self.files) {
            (Some(_), [_]) => format!("Audit of {NAME}"),
            (None, [file]) => file.path().file_name().map_or_else(
                || "Audit".to_owned(),
                |name| format!("Audit of {}", name.to_string_lossy()),
            ),
            (_, files) => format!("Audit of {} files", files.len()),
        }
    }

    /// For `map_err`: what is wrong with a file, as the reader knows it.
    pub(super) fn failed(&self) -> impl Fn(DataError) -> CliError + '_ {
        |error| {
            CliError::ByOptions(match &self.copy {
                Some(copy) => copy.rename(error, NAME),
                None => error,
            })
        }
    }
}
