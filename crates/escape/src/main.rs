//! The escape suite's probe: a small hostile program. Test only, never shipped.
//!
//! `escape-probe <attempt> [words…]` makes one attempt and says how it went: a line that begins with [`WORKED`], or
//! `held` with the system's answer. It never decides whether something escaped; the suite looks for what an attempt
//! leaves behind. Attempts are bounded: loops in count, waiting in seconds.
//!
//! It never aims at an address that it is not given, never changes a setting of the machine, and sends no signal to a
//! process that it is not given.

#[cfg(target_os = "linux")]
mod exhaustion;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod kernel;
#[cfg(target_os = "linux")]
mod network;
#[cfg(target_os = "linux")]
mod processes;
#[cfg(target_os = "linux")]
mod sys;
#[cfg(target_os = "linux")]
mod wrappers;

/// What the suite looks for.
#[cfg(target_os = "linux")]
const WORKED: &str = "PROBE-WORKED";

#[cfg(target_os = "linux")]
fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (name, rest) = words.split_first().map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let found = kernel::attempt(name, &rest)
        .or_else(|| files::attempt(name, &rest))
        .or_else(|| exhaustion::attempt(name, &rest))
        .or_else(|| processes::attempt(name, &rest))
        .or_else(|| network::attempt(name, &rest))
        .or_else(|| wrappers::attempt(name, &rest));
    match found {
        Some(Ok(what)) => println!("{WORKED} {name}: {what}"),
        Some(Err(error)) => {
            println!("held {name}: {error}");
            std::process::exit(1);
        }
        None => {
            eprintln!("escape-probe: no attempt is called {name:?} with {} words", rest.len());
            std::process::exit(2);
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("escape-probe: attempts are made on Linux only");
    std::process::exit(2);
}
