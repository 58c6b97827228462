/** What a {@link PyAgentError} is made of. */
export interface ErrorOptions<Details extends object = Record<string, unknown>> {
  /** Stable, `room/what`; callers switch on it, never on the message. */
  code: `${string}/${string}`;
  /** What was expected, what was found, and what to do. */
  message: string;
  /** The values behind the message. Default: none. */
  details?: Details;
  /** The error that led here. */
  cause?: unknown;
}

/**
 * The one error class: a broken contract or a failed outside world. An outcome that is expected is data instead
 * (a union with `kind`).
 */
export class PyAgentError<Details extends object = Record<string, unknown>> extends Error {
  readonly code: `${string}/${string}`;
  readonly details: Details;

  constructor(options: ErrorOptions<Details>) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PyAgentError';
    this.code = options.code;
    this.details = options.details ?? ({} as Details);
  }
}

/** Whether `error` is a {@link PyAgentError}, and of this code when one is given. */
export function isPyAgentError(error: unknown, code?: string): error is PyAgentError {
  return error instanceof PyAgentError && (code === undefined || error.code === code);
}
