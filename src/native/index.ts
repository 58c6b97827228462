/**
 * The one door to Rust: it finds the addon, checks that it fits, loads it once, and gives its errors the product's
 * class. Nobody else loads the addon.
 *
 * In a checkout (a package with `crates/`) it loads `dist/native/pyagent.node`, which `npm run prepare` builds, and
 * refuses one that was built from other sources. In an installed package it loads the addon package of the platform
 * (`@pyagent/native-linux-x64-gnu` and its siblings). Importing this room does nothing; {@link native} loads.
 *
 * The room holds no logic of its own: what the functions do is said, and tested, in the crates.
 */

export {
  type Native,
  type NativeChange,
  type NativeCodeIndex,
  type NativeLock,
  type NativeManifest,
  type NativeObjects,
  type NativeSandboxSupport,
  type NativeState,
  type NativeStore,
  type NativeTree,
  native,
  platformPackages,
  type SqlStatement,
  type SqlValue,
  sandboxHelperPath,
} from './native.ts';
export type { NativeBasePool, NativeCopyReport, NativeTreeCopy } from './native-copies.ts';
export type {
  NativeDiff,
  NativeDiffSide,
  NativeMergeSettings,
  NativePatchFile,
  NativePatchHunk,
  NativeRefusedHunk,
} from './native-diff.ts';
export type {
  NativeRedactionFinding,
  NativeRedactionScanner,
  NativeRedactionSettings,
  NativeRedactionStream,
} from './native-redaction.ts';
export { packageRoot } from './package-root.ts';
export { sourceHash } from './source-hash.ts';
