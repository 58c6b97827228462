/**
 * Redaction takes secrets and personal data out of what leaves the process.
 *
 * It owns what counts as private (`crates/redaction`: shapes with validators, values of what is named like a secret, rules
 * as data in gitleaks' format) and the forms in which a text can be treated: as a whole, as JSON, in pieces, and so that
 * it can be put back. What it finds it replaces by `[REDACTED:kind]`, or in a session by a token like `[[PII:email:1]]`
 * that stands for the same text each time and is known to this process alone.
 *
 * It promises that the work grows with the length of the text alone, and that nothing is missed where a text is cut into
 * pieces. It never promises to find names, postal addresses, or a secret that looks like a word under an ordinary name.
 *
 *     const { redact } = redactor();
 *     redact('mail ada@example.org').text; // 'mail [REDACTED:email]'
 */
export { REDACTION_KINDS, type RedactionKind } from './redaction-kind.ts';
export { type RedactionSession, type RestoreStream, redactionSession } from './redaction-session.ts';
export {
  type Redacted,
  type RedactedBytes,
  type RedactionFinding,
  type RedactionStream,
  type Redactor,
  type RedactorOptions,
  redactor,
} from './redactor.ts';
