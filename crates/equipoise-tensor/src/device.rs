//! From `--device` to an open burn device.

use burn::tensor::Device;
use equipoise_core::{Help, closest};

use crate::backend::{BACKENDS, ComputeBackend, KNOWN};

/// A device as a user names it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceName {
    /// The first backend of [`BACKENDS`] that has a device.
    Auto,
    /// A backend by name, and the number of the device.
    Named {
        /// The backend's name.
        backend: String,
        /// The device's number, from 0.
        index: usize,
    },
}

impl std::fmt::Display for DeviceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Named { backend, index: 0 } => f.write_str(backend),
            Self::Named { backend, index } => write!(f, "{backend}:{index}"),
        }
    }
}

impl DeviceName {
    /// The same with `auto` replaced by the device that it stands for in this program and on this
    /// machine.
    ///
    /// # Errors
    ///
    /// When the name is `auto` and no backend has a device.
    pub fn resolve(self) -> Result<Self, DeviceError> {
        match self {
            Self::Auto => BACKENDS
                .iter()
                .find(|backend| backend.count() > 0)
                .map(|backend| Self::Named {
                    backend: backend.name().to_owned(),
                    index: 0,
                })
                .ok_or(DeviceError::NoBackend),
            named @ Self::Named { .. } => Ok(named),
        }
    }
}

/// What can be wrong with a device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// The name is not known to any build.
    #[error("unknown device `{name}`; legal are auto, {}", known())]
    Unknown {
        /// The name.
        name: String,
    },
    /// The backend exists, but this program was built without it.
    #[error("device `{name}` was not compiled in; this program has {}", compiled())]
    NotCompiled {
        /// The name.
        name: String,
        /// The cargo feature that brings it.
        feature: &'static str,
    },
    /// There are fewer devices of this kind.
    #[error("device `{backend}:{index}` is not there; devices of this kind: {count}")]
    NoSuchIndex {
        /// The backend.
        backend: String,
        /// The number asked for.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// No backend was compiled in at all.
    #[error("this program was built without any tensor backend")]
    NoBackend,
}

impl Help for DeviceError {
    fn help(&self) -> Option<String> {
        match self {
            Self::Unknown { name } if name.starts_with("gpu") => {
                Some("did you mean `cuda`?".to_owned())
            }
            Self::Unknown { name } => closest(name, KNOWN.iter().map(|(known, _)| *known))
                .map(|name| format!("did you mean `{name}`?")),
            Self::NotCompiled { feature, .. } => {
                Some(format!("build it again with `--features {feature}`"))
            }
            Self::NoSuchIndex { count: 0, .. } => {
                Some("is the driver installed? `--device cpu` works everywhere".to_owned())
            }
            Self::NoSuchIndex {
                backend, count: 1, ..
            } => Some(format!("the only one is `{backend}`")),
            Self::NoSuchIndex { count, .. } => Some(format!("numbers run from 0 to {}", count - 1)),
            Self::NoBackend => Some("build it again with `--features flex`".to_owned()),
        }
    }
}

fn known() -> String {
    KNOWN
        .iter()
        .map(|(name, _)| *name)
        .collect::<Vec<_>>()
        .join(", ")
}

fn compiled() -> String {
    if BACKENDS.is_empty() {
        return "none".to_owned();
    }
    BACKENDS
        .iter()
        .map(|backend| backend.name())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Reads a device name: `auto`, `cpu`, `ndarray`, `cuda`, `cuda:1`.
///
/// # Errors
///
/// When no build of Equipoise knows the name, or when this build was made without it.
pub fn parse_device(name: &str) -> Result<DeviceName, DeviceError> {
    if name == "auto" {
        return Ok(DeviceName::Auto);
    }
    let unknown = || DeviceError::Unknown {
        name: name.to_owned(),
    };
    let (backend, index) = match name.split_once(':') {
        Some((backend, index)) => (backend, index.parse().map_err(|_| unknown())?),
        None => (name, 0),
    };
    let &(_, feature) = KNOWN
        .iter()
        .find(|(known, _)| *known == backend)
        .ok_or_else(unknown)?;
    if find(backend).is_none() {
        return Err(DeviceError::NotCompiled {
            name: name.to_owned(),
            feature,
        });
    }
    Ok(DeviceName::Named {
        backend: backend.to_owned(),
        index,
    })
}

/// Opens a device, without autodiff.
///
/// # Errors
///
/// When the backend was not compiled in, or when there is no device of that number.
pub fn open_device(name: &DeviceName) -> Result<Device, DeviceError> {
    let DeviceName::Named { backend, index } = name.clone().resolve()? else {
        return Err(DeviceError::NoBackend);
    };
    let found = find(&backend).ok_or_else(|| DeviceError::Unknown {
        name: backend.clone(),
    })?;
    let count = found.count();
    if index >= count {
        return Err(DeviceError::NoSuchIndex {
            backend,
            index,
            count,
        });
    }
    Ok(found.open(index))
}

fn find(name: &str) -> Option<&'static dyn ComputeBackend> {
    BACKENDS
        .iter()
        .find(|backend| backend.name() == name)
        .copied()
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use super::*;

    #[test]
    fn names_are_parsed() {
        assert_eq!(parse_device("auto"), Ok(DeviceName::Auto));
        assert_eq!(
            parse_device("cpu"),
            Ok(DeviceName::Named {
                backend: "cpu".to_owned(),
                index: 0
            })
        );
    }

    #[test]
    fn auto_is_the_first_backend_that_has_a_device() {
        let resolved = DeviceName::Auto.resolve().unwrap();
        assert_eq!(resolved.to_string(), "cpu");
        assert_eq!(resolved.clone().resolve(), Ok(resolved));
    }

    #[test]
    fn a_typo_names_what_is_legal_and_the_closest() {
        let error = parse_device("cdua:0").unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown device `cdua:0`; legal are auto, cpu, ndarray, cuda"
        );
        assert!(parse_device("cpu:x").is_err());
        assert_eq!(
            parse_device("cpuu").unwrap_err().help().as_deref(),
            Some("did you mean `cpu`?")
        );
    }

    #[test]
    fn a_second_cpu_is_not_there() {
        let name = parse_device("cpu:1").unwrap();
        assert_eq!(
            open_device(&name).unwrap_err().to_string(),
            "device `cpu:1` is not there; devices of this kind: 1"
        );
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn a_backend_that_was_not_compiled_in_names_its_feature() {
        let error = parse_device("cuda:0").unwrap_err();
        assert_eq!(
            error.help().as_deref(),
            Some("build it again with `--features cuda`")
        );
    }
}
