/** The part of a Node process that tells of signals. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

export interface Interruption {
  /** Aborted by the first signal, or by {@link Interruption.interrupt}. */
  signal: AbortSignal;
  /** As if a signal had come: the terminal went away, nobody reads the output. */
  interrupt(reason: string): void;
  /** What was to be protected is over: the next signal ends the process as usual. */
  dispose(): void;
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Turns Ctrl-C, a polite kill and a closed terminal into an abort. The first one starts the rollback; later ones are
 * told to wait, because ending the process now would leave the rollback to the next start.
 */
export function interruption(source: SignalSource, say: (line: string) => void): Interruption {
  const controller = new AbortController();
  let over = false;
  const interrupt = (reason: string) => {
    if (over) return;
    if (controller.signal.aborted) return say('Still rolling back. Please wait: it ends by itself.');
    say('Interrupted: rolling back. Please wait.');
    controller.abort(new DOMException(reason, 'AbortError'));
  };
  const listeners = SIGNALS.map((signal) => ({ signal, listener: () => interrupt(signal) }));
  for (const { signal, listener } of listeners) source.on(signal, listener);
  return {
    signal: controller.signal,
    interrupt,
    dispose: () => {
      over = true;
      for (const { signal, listener } of listeners) source.off(signal, listener);
    },
  };
}
