//! The tutorials on audits and probes: each command, as a shell runs it, prints what the page shows below it.

use std::{
    io,
    path::Path,
    process::{Command, Stdio},
};

const PAGES: [(&str, &str); 3] = [
    (
        "audit.md",
        include_str!("../../docs/guide/src/tutorials/audit.md"),
    ),
    (
        "audit-tasks.md",
        include_str!("../../docs/guide/src/tutorials/audit-tasks.md"),
    ),
    (
        "choose-a-base-model.md",
        include_str!("../../docs/guide/src/tutorials/choose-a-base-model.md"),
    ),
];

/// A block of code: its language, and its lines.
struct Block<'a> {
    language: &'a str,
    text: String,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => {
                let text = String::new();
                open = Some(Block { language, text });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    blocks
}

/// Each command with what the page shows of its output.
fn shown(page: &str) -> Vec<(String, String)> {
    let mut blocks = blocks(page).into_iter().peekable();
    let mut shown = Vec::new();
    while let Some(block) = blocks.next() {
        if block.language == "sh"
            && let Some(output) = blocks.next_if(|next| next.language == "text")
        {
            shown.push((block.text, output.text));
        }
    }
    shown
}

/// A folder in which the data lie where the commands look for them, and in which they may write.
fn place() -> io::Result<tempfile::TempDir> {
    let place = tempfile::tempdir()?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    for folder in ["tests", "datasets", "docs"] {
        std::os::unix::fs::symlink(root.join(folder), place.path().join(folder))?;
    }
    Ok(place)
}

/// Messages and results, in this order, without the blanks at the ends of lines.
fn run(place: &Path, command: &str) -> io::Result<String> {
    let program = "equipoise() { \"$PROGRAM\" \"$@\"; }";
    let output = Command::new("sh")
        .current_dir(place)
        .env("PROGRAM", env!("CARGO_BIN_EXE_equipoise-under-test"))
        .env_remove("EQUIPOISE_LOG")
        .stdin(Stdio::null())
        .args(["-c", &format!("{program}\n{command}")])
        .output()?;
    let all = [output.stderr, output.stdout].concat();
    Ok(trimmed(&String::from_utf8_lossy(&all)))
}

fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim().to_owned()
}

#[test]
fn commands_print_what_the_page_shows() {
    let place = place().unwrap();
    for (page, text) in PAGES {
        let shown = shown(text);
        assert!(shown.len() > 1, "`{page}` shows {} commands", shown.len());
        for (command, expected) in shown {
            let found = run(place.path(), &command).unwrap();
            // A page may show a part.
            assert!(
                found.contains(&trimmed(&expected)),
                "`{page}`:\n{command}\nprints\n{found}\n\nand the page shows\n{expected}"
            );
        }
    }
}
