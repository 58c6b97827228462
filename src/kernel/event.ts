import type { Clock } from './clock.ts';

/**
 * The envelope every event travels in. Terminal, JSON lines, audit and tests read the same stream.
 * The schema is published as `schemas/event.v1.json`.
 */
export interface EventEnvelope<Kind extends string = string, Data = unknown> {
  /** Version of the envelope. */
  v: 1;
  /** Position in the stream of one run, from 1, without gaps. */
  seq: number;
  /** Milliseconds since the Unix epoch. */
  time: number;
  /** The run this belongs to. */
  run: string;
  /** The task that caused it; absent for the run as a whole. */
  task?: string;
  /** The parent of `task`. */
  parent?: string;
  /** `noun.verb` (`step.started`) or a noun (`finding`). */
  kind: Kind;
  data: Data;
}

/** Listens to events. Must not throw and must not wait: what it starts, it owns. */
export type EventListener = (event: EventEnvelope) => void;

/** The part of the envelope that the emitter knows. */
export interface EventInput {
  kind: string;
  data: unknown;
  task?: string;
  parent?: string;
}

/** One run's event stream. */
export interface EventStream {
  emit(input: EventInput): void;
  /** Listens from now on; the returned function stops it. */
  subscribe(listener: EventListener): () => void;
}

/** An {@link EventStream} that numbers and stamps the events of `run`. */
export function eventStream(run: string, clock: Clock): EventStream {
  const listeners = new Set<EventListener>();
  let seq = 0;
  return {
    emit: ({ kind, data, task, parent }) => {
      seq += 1;
      const event: EventEnvelope = {
        v: 1,
        seq,
        time: clock.now(),
        run,
        ...(task === undefined ? {} : { task }),
        ...(parent === undefined ? {} : { parent }),
        kind,
        data,
      };
      for (const listener of listeners) listener(event);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
