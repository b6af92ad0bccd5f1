//! The `guildhall` binary: reads what to do, does it, says how it ended.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    guildhall::cli::run()
}
