//! `equipoise track` against a server on loopback that keeps what it is told, and
//! `equipoise report --open` with an opener of its own.

#![expect(
    clippy::float_cmp,
    reason = "what is sent is the number of the file, bit for bit"
)]
#![expect(
    clippy::unwrap_used,
    reason = "what the functions beside the tests set up must be there"
)]

mod program;

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use program::{Workplace, stderr, succeeded};
use serde_json::{Value, json};

const RUN: &str = r#"
title = "Credit"
seed = 5
[data]
source = "german.parquet"
label = { column = "credit", positive = "good" }
groups = ["sex"]
exclude = ["personal_status"]
split = { train = 0.5, valid = 0.25, test = 0.25, stratify = ["label", "group"], seed = 7 }
[model]
kind = "mlp"
hidden = [8]
[finetune]
epochs = 2
batch_size = 64
[fairness]
loss = "demographic-parity"
lambda = 0.5
groups = ["sex"]
[audit]
replicates = 0
"#;

/// A request: method and path, and the body as JSON.
type Heard = (String, Value);

/// A server with no experiment at first, which refuses what `refuses` names.
struct Server {
    address: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Server {
    fn start(refuses: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that hangs up early says so itself.
                let _ = serve(stream, &kept, refuses);
            }
        });
        Self { address, heard }
    }

    fn heard(&self, path: &str) -> Vec<Value> {
        let heard = self.heard.lock().unwrap();
        let of_path = heard.iter().filter(|(found, _)| found.contains(path));
        of_path.map(|(_, body)| body.clone()).collect()
    }
}

fn serve(mut stream: TcpStream, heard: &Mutex<Vec<Heard>>, refuses: &str) -> std::io::Result<()> {
    let mut head = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().ok())?
    });
    let mut body = vec![0; length.unwrap_or_default()];
    reader.read_exact(&mut body)?;
    let request: String = head.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let (status, answer) = if !refuses.is_empty() && request.contains(refuses) {
        let message = json!({ "error_code": "INVALID", "message": "no room left" });
        ("400 Bad Request", message)
    } else if request.contains("get-by-name") {
        let message = json!({ "error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none" });
        ("404 Not Found", message)
    } else if request.contains("experiments/create") {
        ("200 OK", json!({ "experiment_id": "7" }))
    } else if request.contains("runs/create") {
        ("200 OK", json!({ "run": { "info": { "run_id": "r1" } } }))
    } else {
        ("200 OK", json!({}))
    };
    heard
        .lock()
        .unwrap()
        .push((request, serde_json::from_slice(&body).unwrap_or_default()));
    let answer = answer.to_string();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
        answer.len()
    )
}

/// A folder with a finished run in `out`.
fn finished() -> Workplace {
    let place = Workplace::new(RUN);
    succeeded(&place.equipoise(&["run", "run.toml", "--out", "out", "--quiet"]));
    place
}

fn read(place: &Workplace, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(place.path(name)).unwrap()).unwrap()
}

/// What was sent under a key, by name and step.
fn numbers(batches: &[Value]) -> BTreeMap<(String, u64), f64> {
    batches
        .iter()
        .filter_map(|batch| batch["metrics"].as_array())
        .flatten()
        .map(|metric| {
            let name = metric["key"].as_str().unwrap().to_owned();
            let step = metric["step"].as_u64().unwrap();
            ((name, step), metric["value"].as_f64().unwrap())
        })
        .collect()
}

#[test]
fn a_server_hears_everything_that_the_history_and_the_record_hold() {
    let place = finished();
    let server = Server::start("");
    let output = place.equipoise(&[
        "track",
        "out",
        "--mlflow",
        &server.address,
        "--experiment",
        "Credit & co",
    ]);
    let printed = succeeded(&output);
    assert!(printed.contains("Run: r1"), "{printed}");
    assert!(stderr(&output).contains("written with others"));
    assert_eq!(server.heard("experiment_name=Credit%20%26%20co").len(), 1);
    assert_eq!(
        server.heard("experiments/create"),
        [json!({ "name": "Credit & co" })]
    );
    let created = &server.heard("runs/create")[0];
    assert_eq!(created["experiment_id"], "7");
    assert_eq!(created["run_name"], "Credit, seed 5");

    let batches = server.heard("runs/log-batch");
    let sent = numbers(&batches);
    let run = read(&place, "out/run.json");
    let mut known = 0;
    for model in ["plain", "fair"] {
        let history = read(&place, &format!("out/models/{model}/history.json"));
        for epoch in history["stages"][0]["epochs"].as_array().unwrap() {
            let step = epoch["epoch"].as_u64().unwrap();
            let key = |name: &str| (format!("{model}/finetune/{name}"), step);
            assert_eq!(sent[&key("learning_rate")], epoch["learning_rate"]);
            known += 1 + usize::from(!epoch["lambda"].is_null());
            for part in ["train", "valid"] {
                for (name, value) in epoch[part].as_object().unwrap() {
                    let name = name.replace('=', ".");
                    assert_eq!(sent[&key(&format!("{part}/{name}"))], *value, "{name}");
                    known += 1;
                }
            }
        }
    }
    for model in run["models"].as_array().unwrap() {
        let name = model["name"].as_str().unwrap();
        for (metric, value) in model["test"].as_object().unwrap() {
            if !value.is_null() {
                assert_eq!(sent[&(format!("{name}/test/{metric}"), 0)], *value);
                known += 1;
            }
        }
    }
    assert_eq!(sent.len(), known);
    let parameters: Vec<&Value> = (batches.iter())
        .filter_map(|batch| batch["params"].as_array())
        .flatten()
        .collect();
    assert!(parameters.contains(&&json!({ "key": "fairness.lambda", "value": "0.5" })));
    assert!(parameters.contains(&&json!({ "key": "seed", "value": "5" })));
    let ended = server.heard("runs/update");
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0]["status"], "FINISHED");
}

#[test]
fn a_run_that_could_not_be_sent_is_marked_and_told() {
    let place = finished();
    let server = Server::start("runs/log-batch");
    let output = place.equipoise(&["track", "out", "--mlflow", &server.address]);
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(
        told.contains("answers 400") && told.contains("no room left"),
        "{told}"
    );
    assert_eq!(server.heard("runs/update")[0]["status"], "FAILED");

    let output = place.equipoise(&["track", "out", "--mlflow", "127.0.0.1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("help: for example"),
        "{}",
        stderr(&output)
    );

    // A port that nobody listens to any more.
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let output = place.equipoise(&["track", "out", "--mlflow", &format!("http://{free}")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("failed to reach"),
        "{}",
        stderr(&output)
    );

    let output = place.equipoise(&["track", "nowhere", "--mlflow", &server.address]);
    assert_eq!(output.status.code(), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_is_shown_by_the_opener_of_the_system() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = finished();
    let opener = place.path("bin/xdg-open");
    std::fs::create_dir(place.path("bin")).unwrap();
    std::fs::write(&opener, "#!/bin/sh\necho \"$1\" > opened\n").unwrap();
    std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).unwrap();
    let with_path = |path: &str| {
        let mut command = place.program(&["report", "out", "--open", "--quiet"]);
        command.env("PATH", path).output().unwrap()
    };
    succeeded(&with_path(place.path("bin").to_str().unwrap()));
    let opened = std::fs::read_to_string(place.path("opened")).unwrap();
    assert_eq!(opened, "out/report.html\n");

    let output = with_path("");
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(
        told.contains("out/report.html") && told.contains("xdg-open"),
        "{told}"
    );
    assert!(place.path("out/report.html").exists());
}
