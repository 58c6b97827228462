/** What to look for; see `crates/redaction`. */
export interface NativeRedactionSettings {
  /** Rules in gitleaks' TOML format, added to ours. */
  rules?: string;
  /** Default: all. */
  kinds?: string[];
  /** Texts that are not private. */
  allow: string[];
}

/** Something private, by its bytes. */
export interface NativeRedactionFinding {
  start: number;
  end: number;
  kind: string;
  rule: string;
}

/** What is looked for, ready to look. */
export interface NativeRedactionScanner {
  find(text: Uint8Array): NativeRedactionFinding[];
  stream(): NativeRedactionStream;
}

/** A text that comes in pieces. */
export interface NativeRedactionStream {
  push(piece: Uint8Array): Uint8Array;
  end(): Uint8Array;
  /** What was found since it was asked last, by its place in the whole text. */
  findings(): NativeRedactionFinding[];
}
