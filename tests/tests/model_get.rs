//! `equipoise model get` against a server on loopback that speaks as the hub does.

#![expect(
    clippy::unwrap_used,
    reason = "what the functions beside the tests set up must be there"
)]

mod program;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use equipoise_data::catalogue::Checksum;
use program::{Workplace, stderr, succeeded};
use serde_json::{Value, json};

const COMMIT: &str = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf";

/// A hub with one repository, `people/small`.
struct Hub {
    address: String,
    /// The paths that were asked for.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Hub {
    fn start(files: &BTreeMap<&'static str, &'static str>, listing: &Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let mut answers: BTreeMap<String, Vec<u8>> = files
            .iter()
            .map(|(name, text)| {
                let path = format!("/people/small/resolve/{COMMIT}/{name}");
                (path, text.as_bytes().to_vec())
            })
            .collect();
        answers.insert(
            "/api/models/people/small/revision/main?blobs=true".to_owned(),
            listing.to_string().into_bytes(),
        );
        let heard = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that hangs up early says so itself.
                let _ = serve(stream, &answers, &heard);
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn serve(
    mut stream: TcpStream,
    answers: &BTreeMap<String, Vec<u8>>,
    asked: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut head = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let (status, body) = match answers.get(&path) {
        Some(body) => ("200 OK", body.as_slice()),
        None => ("404 Not Found", &b"Repository not found"[..]),
    };
    asked.lock().unwrap().push(path);
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(body)
}

/// The files of a repository, one of which is of no use here.
fn files() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        ("config.json", "{\"model_type\": \"bert\"}"),
        ("model.safetensors", "weights, many of them"),
        ("pytorch_model.bin", "the same as a pickle"),
        ("vocab.txt", "[PAD]\n[UNK]\n"),
    ])
}

/// As the hub lists files: large ones with their SHA-256.
fn listing(files: &BTreeMap<&str, &str>) -> Value {
    let siblings: Vec<Value> = files
        .iter()
        .map(|(name, text)| {
            let mut file = json!({ "rfilename": name, "blobId": "0", "size": text.len() });
            if name.contains("model.") {
                let sha256 = Checksum::of_bytes(text.as_bytes());
                file["lfs"] = json!({ "sha256": sha256, "size": text.len(), "pointerSize": 134 });
            }
            file
        })
        .collect();
    json!({ "id": "people/small", "sha": COMMIT, "private": false, "siblings": siblings })
}

fn get(place: &Workplace, hub: &Hub, args: &[&str]) -> std::process::Output {
    let args = [&["model", "get"], args].concat();
    place
        .program(&args)
        .env("HF_ENDPOINT", &hub.address)
        .output()
        .unwrap()
}

#[test]
fn what_is_read_of_a_model_arrives_and_is_not_asked_for_again() {
    let place = Workplace::with_file("note.txt", "");
    let hub = Hub::start(&files(), &listing(&files()));
    let folder = succeeded(&get(&place, &hub, &["people/small"]));
    assert_eq!(folder.trim(), "models/small");
    for (name, text) in files() {
        let path = place.path("models/small").join(name);
        let is_read = name != "pytorch_model.bin";
        assert_eq!(path.exists(), is_read, "{name}");
        if is_read {
            assert_eq!(std::fs::read_to_string(path).unwrap(), text);
        }
    }
    let origin: Value =
        serde_json::from_slice(&std::fs::read(place.path("models/small/origin.json")).unwrap())
            .unwrap();
    assert_eq!(origin["repository"], "people/small");
    assert_eq!(origin["commit"], COMMIT);
    assert_eq!(
        origin["files"]["config.json"],
        json!(Checksum::of_bytes(files()["config.json"].as_bytes()))
    );
    let asked = hub.asked();
    succeeded(&get(&place, &hub, &["people/small"]));
    assert_eq!(hub.asked(), asked);
    // What was interrupted before its end is made whole.
    std::fs::remove_file(place.path("models/small/origin.json")).unwrap();
    std::fs::remove_file(place.path("models/small/vocab.txt")).unwrap();
    succeeded(&get(&place, &hub, &["people/small"]));
    assert!(place.path("models/small/vocab.txt").exists());
}

#[test]
fn what_is_no_model_is_told() {
    let place = Workplace::with_file("note.txt", "");
    let mut told = String::new();
    let mut tell = |name: &str, hub: &Hub, args: &[&str]| {
        let output = get(&place, hub, args);
        let text = stderr(&output).replace(&hub.address, "http://hub");
        let code = output.status.code().unwrap();
        let _ = writeln!(told, "=== {name} (exit code {code})\n{text}");
    };
    let hub = Hub::start(&files(), &listing(&files()));
    tell("unknown repository", &hub, &["people/large"]);
    tell("path as repository", &hub, &["people/../secrets"]);
    tell("no revision", &hub, &["people/small", "--revision", ""]);

    let mut few = files();
    few.remove("model.safetensors");
    tell(
        "no safetensors",
        &Hub::start(&few, &listing(&few)),
        &["people/small"],
    );

    let mut other = files();
    other.insert("model.safetensors", "weights, other of them");
    tell(
        "larger than listed",
        &Hub::start(&other, &listing(&files())),
        &["people/small"],
    );
    other.insert("model.safetensors", "weights, fewer thems!");
    tell(
        "another checksum",
        &Hub::start(&other, &listing(&files())),
        &["people/small"],
    );
    let mut short = files();
    short.insert("vocab.txt", "[PAD]");
    tell(
        "smaller than listed",
        &Hub::start(&short, &listing(&files())),
        &["people/small"],
    );
    let page = Hub::start(&files(), &json!("welcome to our network"));
    tell("a page in its place", &page, &["people/small"]);
    let hostile = json!({ "sha": "../../..", "siblings": [] });
    tell(
        "no commit",
        &Hub::start(&files(), &hostile),
        &["people/small"],
    );
    insta::assert_snapshot!(told);
    assert!(!place.path("models/small/origin.json").exists());
}
