//! The program `equipoise`.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    equipoise_cli::run(std::env::args_os(), &equipoise_cli::Registry::default())
}
