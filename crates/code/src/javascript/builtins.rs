/// Modules that Node brings without a prefix.
const NODE: [&str; 43] = [
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream",
    "string_decoder",
    "sys",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
    "bun",
];

/// Schemes that only a runtime resolves.
const SCHEMES: [&str; 4] = ["node:", "bun:", "cloudflare:", "deno:"];

/// Whether the runtime itself brings the module; importing one does nothing else.
pub(crate) fn is_builtin(specifier: &str) -> bool {
    let root = specifier.split('/').next().unwrap_or(specifier);
    SCHEMES.iter().any(|scheme| specifier.starts_with(scheme)) || NODE.contains(&root) && !specifier.ends_with('/')
}
