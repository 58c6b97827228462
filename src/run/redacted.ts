import { type Redactor, redactor } from '../redaction/index.ts';

let made: Redactor | undefined;

/** A value on its way out of the process (an event, a report, a row of the journal), without what is private in it. */
export function redacted<T>(value: T): T {
  made ??= redactor();
  return made.redactJson(value);
}
