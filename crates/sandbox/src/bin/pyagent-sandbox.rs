//! The helper. See the library.

fn main() {
    std::process::exit(pyagent_sandbox::run());
}
