//! The program `equipoise`, with every CPU backend, as the end-to-end tests start it.

fn main() -> std::process::ExitCode {
    equipoise_cli::run(std::env::args_os(), &equipoise_cli::Registry::default())
}
