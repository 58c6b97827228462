/** The sorts of private text that are told apart. */
export const REDACTION_KINDS = [
  'email',
  'phone',
  'ip',
  'card',
  'iban',
  'ssn',
  'jwt',
  'private-key',
  'token',
  'secret',
  'password-hash',
  'url-credentials',
  'authorization',
  'cookie',
] as const;

/** One of {@link REDACTION_KINDS}. */
export type RedactionKind = (typeof REDACTION_KINDS)[number];
