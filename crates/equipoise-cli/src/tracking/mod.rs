//! Finished runs sent to a tracking server, so that training depends on no network.
//!
//! * `content`: what is sent of a run folder
//! * `names`: the names that a server takes
//! * `mlflow`: a server that speaks the REST interface of `MLflow`

pub(crate) mod content;
pub(crate) mod mlflow;
pub(crate) mod names;
