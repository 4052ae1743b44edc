//! Weights as safetensors, in memory and in files.
//!
//! The names of the tensors are the paths of the parameters, without the kind of model:
//! `encoder.blocks.0.attention.query.weight`. The same weights always give the same bytes.

use std::path::Path;

use burn::module::Module;
use burn::tensor::DType;
use burn_store::{ApplyError, ModuleStore, SafetensorsStore, SafetensorsStoreError};

use crate::Error;
use crate::file::write_whole;

/// The weights of a module as the bytes of a safetensors file.
///
/// # Errors
///
/// When a tensor cannot be read from its device.
pub fn to_bytes<M: Module>(module: &M) -> Result<Vec<u8>, Error> {
    // The store writes several metadata keys in random order: none is written.
    let mut store = SafetensorsStore::from_bytes(None)
        .clear_metadata()
        .skip_enum_variants(true);
    store
        .collect_from(module)
        .and_then(|()| store.get_bytes())
        .map_err(|source| unreadable("weights in memory", source))
}

/// The module with weights from the bytes of a safetensors file.
///
/// # Errors
///
/// When the bytes are not safetensors, when a tensor is missing or has another shape or type than
/// its parameter, or when there is a tensor without a parameter.
pub fn from_bytes<M: Module>(module: M, bytes: Vec<u8>) -> Result<M, Error> {
    apply(module, bytes, "weights in memory".to_owned())
}

/// Writes the weights of a module into a safetensors file, beside its place first.
///
/// # Errors
///
/// When a tensor cannot be read from its device, or when the file cannot be written.
pub fn save<M: Module>(module: &M, path: &Path) -> Result<(), Error> {
    write_whole(path, &to_bytes(module)?)
}

/// The module with weights from a safetensors file.
///
/// # Errors
///
/// When the file cannot be read, and as [`from_bytes`].
pub fn load<M: Module>(module: M, path: &Path) -> Result<M, Error> {
    let bytes = fs_err::read(path)?;
    apply(module, bytes, format!("`{}`", path.display()))
}

fn apply<M: Module>(mut module: M, bytes: Vec<u8>, place: String) -> Result<M, Error> {
    let mut store = SafetensorsStore::from_bytes(Some(bytes))
        .skip_enum_variants(true)
        .validate(false)
        .allow_partial(true);

    // The store would keep another type of float, and the first operation that mixes the two
    // would fail.
    let tensors = store
        .get_all_tensors()
        .map_err(|source| unreadable(&place, source))?;
    if let Some((name, tensor)) = tensors.iter().find(|(_, t)| t.dtype != DType::F32) {
        return Err(Error::TensorKind {
            name: name.clone(),
            found: format!("{:?}", tensor.dtype),
            expected: format!("{:?}", DType::F32),
            place,
        });
    }

    let result = store
        .apply_to(&mut module)
        .map_err(|source| unreadable(&place, source))?;
    if let Some(error) = result.errors.into_iter().next() {
        return Err(tensor_error(place, error));
    }
    if !result.missing.is_empty() {
        let names = result.missing.into_iter().map(|(name, _)| name).collect();
        return Err(Error::MissingTensors { place, names });
    }
    if !result.unused.is_empty() {
        let names = result.unused;
        return Err(Error::UnusedTensors { place, names });
    }
    Ok(module)
}

pub(crate) fn unreadable(place: &str, source: SafetensorsStoreError) -> Error {
    Error::Safetensors {
        place: place.to_owned(),
        source,
    }
}

pub(crate) fn tensor_error(place: String, error: ApplyError) -> Error {
    match error {
        ApplyError::ShapeMismatch {
            path,
            expected,
            found,
        } => Error::TensorKind {
            place,
            name: path,
            found: format!("{:?}", found.to_vec()),
            expected: format!("{:?}", expected.to_vec()),
        },
        ApplyError::DTypeMismatch {
            path,
            expected,
            found,
        } => Error::TensorKind {
            place,
            name: path,
            found: format!("{found:?}"),
            expected: format!("{expected:?}"),
        },
        error @ (ApplyError::AdapterError { .. } | ApplyError::LoadError { .. }) => {
            unreadable(&place, SafetensorsStoreError::Other(error.to_string()))
        }
    }
}
