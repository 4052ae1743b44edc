//! A server that speaks the REST interface of `MLflow`, version 2.0.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use equipoise_core::Help;
use serde_json::{Value, json};
use ureq::{
    Agent,
    http::{StatusCode, Uri},
};

use super::{content::TrackedRun, names::Names};

/// The most numbers in one request, and the most parameters or tags: limits of the server.
const MOST_METRICS: usize = 1000;
const MOST_PARAMETERS: usize = 100;

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// The most bytes of an answer that are read.
const LONGEST_ANSWER: u64 = 1 << 20;

/// What can go wrong with a tracking server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum MlflowError {
    /// The address is none of a server.
    #[error("`{address}` is no address of a tracking server")]
    Address {
        /// What was given.
        address: String,
    },
    /// Nobody answers.
    #[error("failed to reach the tracking server at {address}")]
    Unreachable {
        /// What was asked for.
        address: String,
        /// Why.
        #[source]
        source: Box<ureq::Error>,
    },
    /// The server answers that it will not.
    #[error("the tracking server answers {status} at {address}: {message}")]
    Refused {
        /// What was asked for.
        address: String,
        /// The status of the answer.
        status: u16,
        /// What the server says.
        message: String,
    },
    /// The answer is not as `MLflow` writes it.
    #[error("the tracking server at {address} gives no `{missing}` in its answer")]
    Answer {
        /// What was asked for.
        address: String,
        /// What the answer lacks.
        missing: &'static str,
    },
}

impl Help for MlflowError {
    fn help(&self) -> Option<String> {
        match self {
            Self::Address { .. } => Some("for example `http://127.0.0.1:5000`".to_owned()),
            Self::Unreachable { .. } => {
                Some("`mlflow server --port 5000` starts one on this machine".to_owned())
            }
            Self::Refused { .. } => None,
            Self::Answer { .. } => Some("is it a server of MLflow?".to_owned()),
        }
    }
}

/// A server.
#[derive(Debug)]
pub(crate) struct MlflowServer {
    agent: Agent,
    address: String,
}

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    /// The number that the server gave to the run.
    pub(crate) run_id: String,
    /// How many names have signs that the server does not take, and were written otherwise.
    pub(crate) renamed: usize,
}

impl MlflowServer {
    /// A server by its address; nothing is asked yet.
    ///
    /// # Errors
    ///
    /// When the address is not one of HTTP.
    pub(crate) fn new(address: &str) -> Result<Self, MlflowError> {
        let wrong = || MlflowError::Address {
            address: address.to_owned(),
        };
        let uri: Uri = address.parse().map_err(|_| wrong())?;
        let (Some("http" | "https"), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return Err(wrong());
        };
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .user_agent(concat!("equipoise/", env!("CARGO_PKG_VERSION")));
        // The machine itself is never behind a proxy.
        if matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
            config = config.proxy(None);
        }
        Ok(Self {
            agent: config.build().into(),
            address: address.trim_end_matches('/').to_owned(),
        })
    }

    /// Sends a run to an experiment, which is made where there is none. A run that could not be
    /// sent whole is marked as failed.
    ///
    /// # Errors
    ///
    /// When the server cannot be reached or refuses something.
    pub(crate) fn send(&self, run: &TrackedRun, experiment: &str) -> Result<Sent, MlflowError> {
        let experiment = self.experiment(experiment)?;
        let now = now();
        let tags: Vec<Value> = run
            .tags
            .iter()
            .map(|(key, value)| pair(key, value))
            .collect();
        let created = self.post(
            "runs/create",
            &json!({
                "experiment_id": experiment,
                "run_name": run.name,
                "start_time": now,
                "tags": tags,
            }),
        )?;
        let run_id = created["run"]["info"]["run_id"].as_str();
        let run_id = run_id
            .ok_or_else(|| self.no("runs/create", "run_id"))?
            .to_owned();
        let logged = self.log(&run_id, run, now);
        let status = if logged.is_ok() { "FINISHED" } else { "FAILED" };
        let ended = self.post(
            "runs/update",
            &json!({ "run_id": run_id, "status": status, "end_time": now }),
        );
        let renamed = logged?;
        ended?;
        Ok(Sent { run_id, renamed })
    }

    /// The number of an experiment.
    fn experiment(&self, name: &str) -> Result<String, MlflowError> {
        let path = format!("experiments/get-by-name?experiment_name={}", escaped(name));
        let (status, answer) = self.ask(&path, None)?;
        let found = if status == StatusCode::NOT_FOUND {
            self.post("experiments/create", &json!({ "name": name }))?["experiment_id"].clone()
        } else {
            let answer = self.accepted(&path, status, answer)?;
            answer["experiment"]["experiment_id"].clone()
        };
        let found = found.as_str().map(str::to_owned);
        found.ok_or_else(|| self.no(&path, "experiment_id"))
    }

    /// Sends parameters and numbers; how many names were changed.
    fn log(&self, run_id: &str, run: &TrackedRun, now: u64) -> Result<usize, MlflowError> {
        let mut names = Names::default();
        for some in run.parameters.chunks(MOST_PARAMETERS) {
            let parameters: Vec<Value> = some
                .iter()
                .map(|(key, value)| pair(&names.of(key), value))
                .collect();
            let body = json!({ "run_id": run_id, "params": parameters });
            self.post("runs/log-batch", &body)?;
        }
        let mut metric_names = Names::default();
        for some in run.metrics.chunks(MOST_METRICS) {
            let metrics: Vec<Value> = some
                .iter()
                .map(|metric| {
                    json!({
                        "key": metric_names.of(&metric.name),
                        "value": metric.value,
                        "timestamp": now,
                        "step": metric.step,
                    })
                })
                .collect();
            let body = json!({ "run_id": run_id, "metrics": metrics });
            self.post("runs/log-batch", &body)?;
        }
        Ok(names.changed() + metric_names.changed())
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, MlflowError> {
        let (status, answer) = self.ask(path, Some(body))?;
        self.accepted(path, status, answer)
    }

    /// Asks and reads the answer; what is no JSON is a text.
    fn ask(&self, path: &str, body: Option<&Value>) -> Result<(StatusCode, Value), MlflowError> {
        let address = self.full(path);
        let unreachable = |source: ureq::Error| MlflowError::Unreachable {
            address: address.clone(),
            source: Box::new(source),
        };
        let mut response = match body {
            Some(body) => {
                let request = self.agent.post(&address);
                let request = request.header("content-type", "application/json");
                request.send(body.to_string().as_bytes())
            }
            None => self.agent.get(&address).call(),
        }
        .map_err(unreachable)?;
        let status = response.status();
        let limited = response.body_mut().with_config().limit(LONGEST_ANSWER);
        let text = limited.read_to_string().map_err(unreachable)?;
        let answer = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok((status, answer))
    }

    fn accepted(
        &self,
        path: &str,
        status: StatusCode,
        answer: Value,
    ) -> Result<Value, MlflowError> {
        if status.is_success() {
            return Ok(answer);
        }
        let message = answer["message"].as_str().or_else(|| answer.as_str());
        let message: String = message.unwrap_or_default().chars().take(500).collect();
        Err(MlflowError::Refused {
            address: self.full(path),
            status: status.as_u16(),
            message,
        })
    }

    fn no(&self, path: &str, missing: &'static str) -> MlflowError {
        MlflowError::Answer {
            address: self.full(path),
            missing,
        }
    }

    fn full(&self, path: &str) -> String {
        format!("{}/api/2.0/mlflow/{path}", self.address)
    }
}

fn pair(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": value })
}

/// A text as a part of an address.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Milliseconds since 1970; 0 where the clock is before.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_http() {
        for address in ["http://127.0.0.1:5000", "https://mlflow.example.org/team/"] {
            assert!(MlflowServer::new(address).is_ok(), "{address}");
        }
        for address in [
            "",
            "127.0.0.1:5000",
            "ftp://a",
            "http://",
            "file:///x",
            "http://a b",
        ] {
            let error = MlflowServer::new(address).unwrap_err();
            assert!(matches!(error, MlflowError::Address { .. }), "{address}");
        }
    }

    #[test]
    fn names_of_experiments_are_escaped() {
        assert_eq!(
            escaped("Adult & sex/1 \u{e9}"),
            "Adult%20%26%20sex%2F1%20%C3%A9"
        );
    }
}
