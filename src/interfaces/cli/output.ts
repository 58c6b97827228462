/** The part of a Node stream that is written to. */
export interface OutputStream {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  write(text: string | Uint8Array, done: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** A stream that cannot hurt the command: when nobody reads any more, what is written is dropped. */
export interface Output {
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
  columns(): number;
  rows(): number;
  /** Called once when the reader went away (EPIPE, EIO) or the output cannot be stored (ENOSPC); at once if it has. */
  onBroken(listener: () => void): void;
  /** Settles when everything was handed to the system, or never will be. */
  flushed(): Promise<void>;
}

/** An {@link Output} on `stream`, for the life of the process. */
export function output(stream: OutputStream): Output {
  let broken = false;
  let pending = 0;
  const listeners: (() => void)[] = [];
  const waiting: (() => void)[] = [];
  const settle = () => {
    if (pending === 0 || broken) for (const done of waiting.splice(0)) done();
  };
  const fail = () => {
    broken = true;
    for (const listener of listeners.splice(0)) listener();
    settle();
  };
  stream.on('error', fail);
  return {
    write: (text) => {
      if (broken) return;
      pending += 1;
      stream.write(text, (error) => {
        pending -= 1;
        if (error) fail();
        settle();
      });
    },
    isTerminal: stream.isTTY === true,
    columns: () => stream.columns || 80,
    rows: () => stream.rows || 24,
    onBroken: (listener) => {
      if (broken) listener();
      else listeners.push(listener);
    },
    flushed: () =>
      new Promise((done) => {
        waiting.push(done);
        settle();
      }),
  };
}
