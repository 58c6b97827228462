import { type JsonObject, type JsonValue, nearestWord, type Priority, parsePriority } from '../../../kernel/index.ts';
import { LANDING_MODES, type LandingMode } from '../../../landing/index.ts';
import { ISOLATION_LEVELS, type IsolationLevel } from '../../../sandbox/index.ts';
import { formatAge, parseAge } from '../age.ts';
import { formatSize, parseSize } from '../byte-size.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import { usageError } from '../usage-error.ts';

/** How the values of a setting are written. Each reader refuses with code 2, naming where the value stands. */
export interface SettingKind<Value> {
  /** The JSON Schema of a value in a settings file. */
  schema: JsonObject;
  /** Reads a value of a settings file; `where` names the key and the file. */
  fromJson(value: JsonValue, where: string): Value;
  /** Reads a variable or a flag. */
  fromText(text: string, where: string): Value;
  /** A value for a person. Default: as it is written in JSON. */
  toText?(value: Value): string;
}

function wrong(where: string, expected: string, found: JsonValue): Error {
  return usageError(`${where} expects ${expected}, found ${JSON.stringify(found)}.`, { where, expected, found });
}

const string =
  <Value>(expected: string, read: (text: string, where: string) => Value) =>
  (value: JsonValue, where: string): Value => {
    if (typeof value !== 'string') throw wrong(where, expected, value);
    return read(value, where);
  };

export const booleanKind: SettingKind<boolean> = {
  schema: { type: 'boolean' },
  fromJson: (value, where) => {
    if (typeof value !== 'boolean') throw wrong(where, 'true or false', value);
    return value;
  },
  fromText: (text, where) => {
    const word = text.trim().toLowerCase();
    if (['1', 'true', 'yes', 'on'].includes(word)) return true;
    if (['0', 'false', 'no', 'off'].includes(word)) return false;
    throw wrong(where, '1 or 0 (also true, yes, on; false, no, off)', text);
  },
};

function readPriority(text: string, where: string): Priority {
  const reading = parsePriority(text);
  if (reading.kind === 'unknown-priority') throw usageError(`${where}: ${reading.message}.`, { where, found: text });
  return reading.priority;
}

export const priorityKind: SettingKind<Priority> = {
  schema: { enum: ['CRITICAL', 'HIGHEST', 'HIGH', 'NORMAL', 'LOW', 'BACKGROUND'] },
  fromJson: string('a priority', readPriority),
  fromText: readPriority,
};

const VERIFY_WORDS = ['auto', 'typecheck', 'test', 'none'];

function readVerify(text: string, where: string): string {
  const trimmed = text.trim();
  if (trimmed === '') throw wrong(where, `${VERIFY_WORDS.join(', ')} or a command line`, text);
  if (VERIFY_WORDS.includes(trimmed.toLowerCase())) return trimmed.toLowerCase();
  const meant = nearestWord(trimmed, VERIFY_WORDS);
  if (meant !== undefined && /^[a-z]+$/i.test(trimmed)) {
    throw usageError(`${where}: "${trimmed}" looks like "${meant}". For a command of that name give its path.`, {
      where,
    });
  }
  return trimmed;
}

export const verifyKind: SettingKind<string> = {
  schema: { type: 'string', pattern: '\\S', examples: [...VERIFY_WORDS, 'npm run check'] },
  fromJson: string('a text', readVerify),
  fromText: readVerify,
};

/** One of a few words. */
function wordKind<Word extends string>(what: string, words: readonly Word[]): SettingKind<Word> {
  const read = (text: string, where: string): Word => {
    const given = text.trim().toLowerCase();
    const word = words.find((each) => each === given);
    if (word !== undefined) return word;
    const meant = nearestWord(given, words);
    const advice = meant === undefined ? '' : ` Did you mean "${meant}"?`;
    throw usageError(`${where} expects one of ${words.join(', ')}, found ${JSON.stringify(text)}.${advice}`, {
      where,
      found: text,
    });
  };
  return { schema: { enum: [...words] }, fromJson: string(what, read), fromText: read };
}

export const landKind: SettingKind<LandingMode> = wordKind('a way of landing', LANDING_MODES);

export const isolationKind: SettingKind<IsolationLevel> = wordKind('an isolation', ISOLATION_LEVELS);

export const durationKind: SettingKind<number | undefined> = {
  schema: {
    type: 'string',
    pattern: '^(none|([0-9]+(\\.[0-9]+)?(ms|s|m|h))+)$',
    examples: ['none', '30s', '5m', '1h30m'],
  },
  fromJson: string('a duration such as "5m"', parseDuration),
  fromText: parseDuration,
  toText: (value) => (value === undefined ? 'none' : formatDuration(value)),
};

export const ageKind: SettingKind<number | undefined> = {
  schema: { type: 'string', pattern: '^(none|([0-9]+(m|h|d|w))+)$', examples: ['none', '12h', '30d'] },
  fromJson: string('an age such as "30d"', parseAge),
  fromText: parseAge,
  toText: (value) => (value === undefined ? 'none' : formatAge(value)),
};

export const sizeKind: SettingKind<number | undefined> = {
  schema: {
    type: 'string',
    pattern: '^(none|[0-9]+(\\.[0-9]+)? ?([kmgtKMGT]?[iI]?[bB]))$',
    examples: ['none', '500MB', '2GB'],
  },
  fromJson: string('a size such as "2GB"', parseSize),
  fromText: parseSize,
  toText: (value) => (value === undefined ? 'none' : formatSize(value)),
};

function readPatterns(value: JsonValue, where: string): readonly string[] {
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string' || item.trim() === '')) {
    throw wrong(where, 'a list of files and globs', value);
  }
  return value as string[];
}

export const patternsKind: SettingKind<readonly string[]> = {
  schema: { type: 'array', items: { type: 'string', pattern: '\\S' } },
  fromJson: readPatterns,
  fromText: (text, where) => {
    if (!text.trim().startsWith('[')) return readPatterns([text], where);
    try {
      return readPatterns(JSON.parse(text) as JsonValue, where);
    } catch (error) {
      if (error instanceof SyntaxError) throw wrong(where, 'one file or glob, or a JSON list of them', text);
      throw error;
    }
  },
};
