/**
 * What stands in the place of something protected that is not there: an empty file or folder, or a link that leads nowhere,
 * so that nothing can be opened there.
 */
export type PlaceholderShape = 'file' | 'folder' | 'nothing';

/** One place of a sandbox's file tree. Later ones lie over earlier ones; all are without devices and set-user-id bits. */
export type Mount =
  | { kind: 'read'; from: string; at: string; optional?: boolean }
  | { kind: 'write'; from: string; at: string }
  /** Reads come from `from`, writes go to `upper`, or to memory of at most `bytes`. */
  | { kind: 'overlay'; from: string; at: string; upper: string; work: string }
  | { kind: 'overlay'; from: string; at: string; bytes: number }
  | { kind: 'tmpfs'; at: string; bytes: number }
  | { kind: 'symlink'; at: string; target: string }
  | { kind: 'file'; at: string; text: string }
  /** Read-only whatever is above it; when it is not there, nothing of that name can be made. */
  | { kind: 'protect'; at: string; as: PlaceholderShape }
  /** What is there cannot be seen. */
  | { kind: 'hide'; at: string };

/** What a command may use up; absent: no limit. */
export interface SandboxLimits {
  processes?: number;
  /** Of all processes together. */
  memoryBytes?: number;
  /** One file. */
  fileBytes?: number;
  openFiles?: number;
  /** One process. */
  cpuSeconds?: number;
  /** How much what it writes into the workspace may grow in all. */
  workspaceBytes?: number;
}

/** The network of a sandbox: only its own loopback, or also a proxy outside that is reached at a port inside. */
export type SandboxNetwork = { kind: 'none' } | { kind: 'proxy'; socket: string; port: number };

/** One part of the isolation, by name. */
export type LayerName =
  | 'namespaces'
  | 'landlock'
  | 'seccomp'
  | 'limits'
  | 'cgroup'
  | 'identity'
  | 'environment'
  | 'network'
  | 'quota'
  | 'memory';

/** What the helper is told, as one line of JSON; see `crates/sandbox`. */
export interface SandboxSpec {
  version: 1;
  argv: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  mounts: readonly Mount[];
  network: SandboxNetwork;
  /** Whether unix domain sockets may be opened; pairs of them always may. */
  unixSockets: boolean;
  limits: SandboxLimits;
  /** Without these nothing is run. */
  require: readonly LayerName[];
}

/** One part of the isolation of a command that has started. */
export interface ActiveLayer {
  name: LayerName;
  active: boolean;
  /** What it consists of, or why it is not there. */
  detail: string;
}
