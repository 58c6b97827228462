/** Everyone who is measured, by what their documentation names for the job. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { redactor } from '../../src/redaction/index.ts';
import { execute } from '../measure/execute.ts';
import { place } from '../place.ts';
import { type GitleaksConfiguration, gitleaksRules } from './gitleaks-rules.ts';
import type { Finder, Span } from './score.ts';

/** One tool. */
export interface RedactionTool {
  name: string;
  /** What is timed: the tool's own way to treat a text. */
  work(text: string): unknown;
  /** Absent: it does not look for personal data. */
  personal?: Finder;
  /** Absent: it does not look for secrets. */
  secrets?: Finder;
}

export const TOOLS = ['pyagent', 'secretlint', 'redact-pii', 'openredaction', 'gitleaks'] as const;
export type ToolName = (typeof TOOLS)[number];

const folder = join(place.peers, 'redaction');

/** Installs the peers at their locked versions, unless exactly these are there already. */
export async function prepareRedactionPeers(): Promise<void> {
  const lock = await readFile(join(folder, 'package-lock.json'), 'utf8');
  const stamp = join(folder, 'node_modules', '.installed-lock.json');
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === lock) return;
  const install = await execute({ argv: ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], cwd: folder });
  if (install.status !== 0) throw new Error(`expected npm ci in ${folder} to succeed: ${install.stderr.slice(-500)}`);
  await writeFile(stamp, lock);
}

/** A tool by its name. `gitleaks`: path of its released configuration; without it that one is absent. */
export async function redactionTool(name: ToolName, gitleaks: string | undefined): Promise<RedactionTool | undefined> {
  switch (name) {
    case 'pyagent':
      return own();
    case 'secretlint':
      return secretlint();
    case 'redact-pii':
      return redactPii();
    case 'openredaction':
      return openRedaction();
    case 'gitleaks':
      return gitleaks === undefined ? undefined : gitleaksInJavaScript(gitleaks);
  }
}

const PERSONAL = new Set(['email', 'card', 'iban', 'ssn', 'ip', 'phone']);

function own(): RedactionTool {
  const { redact } = redactor();
  const find = (text: string): Span[] => redact(text).findings;
  return {
    name: 'PyAgent',
    work: (text) => redact(text).text,
    personal: find,
    secrets: (text) => find(text).filter(({ kind }) => !PERSONAL.has(kind)),
  };
}

async function peer<T>(name: string, file: string): Promise<{ module: T; version: string }> {
  const root = join(folder, 'node_modules', name);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { module: (await import(pathToFileURL(join(root, file)).href)) as T, version };
}

async function secretlint(): Promise<RedactionTool> {
  type Linted = { messages: { range: [number, number] }[] };
  const core = await peer<{ lintSource(request: unknown): Promise<Linted> }>('@secretlint/core', 'module/index.js');
  const id = '@secretlint/secretlint-rule-preset-recommend';
  const preset = await peer<{ creator: unknown }>(id, 'module/index.js');
  const config = { rules: [{ id, rule: preset.module.creator, options: {} }] };
  const lint = (content: string) =>
    core.module.lintSource({
      source: { filePath: '/text.txt', content, contentType: 'text', ext: '.txt' },
      options: { config, noPhysicFilePath: true },
    });
  return {
    name: `secretlint ${core.version}, recommended preset`,
    work: lint,
    secrets: async (text) =>
      (await lint(text)).messages.map(({ range: [start, end] }) => ({ start, end, kind: 'secret' })),
  };
}

const KIND_OF_PII: Record<string, string> = {
  emailAddress: 'email',
  creditCardNumber: 'card',
  usSocialSecurityNumber: 'ssn',
  ipAddress: 'ip',
  phoneNumber: 'phone',
  password: 'secret',
  credentials: 'secret',
  username: 'secret',
};

/**
 * It gives no positions. Its own expressions run in its own order through its own class; each match is masked by as
 * many characters as it has, so that the places are exact. Its names are left out: they are not scored.
 */
async function redactPii(): Promise<RedactionTool> {
  type Redaction = { redact(text: string): string };
  type Config = { regexpPattern: RegExp; replaceWith: (match: string) => string };
  type Options = { builtInRedactors: object; customRedactors: { before: Config[] } };
  const { module, version } = await peer<{ default: { SyncRedactor: new (options?: Options) => Redaction } }>(
    'redact-pii',
    'lib/index.js',
  );
  const patterns = await peer<{ default: Record<string, RegExp> }>(
    'redact-pii',
    'lib/built-ins/simple-regexp-patterns.js',
  );
  const entries = Object.entries(patterns.module.default).filter(([, pattern]) => pattern instanceof RegExp);
  const markers = entries.map(([name, regexpPattern], index) => {
    const letter = String.fromCharCode(0xe000 + index);
    return {
      kind: KIND_OF_PII[name] ?? 'other',
      letter,
      regexpPattern,
      replaceWith: (match: string) => letter.repeat(match.length),
    };
  });
  const disabled = Object.fromEntries(
    [...entries.map(([name]) => name), 'names'].map((name) => [name, { enabled: false }]),
  );
  const masking = new module.default.SyncRedactor({ builtInRedactors: disabled, customRedactors: { before: markers } });
  const find = (text: string): Span[] => {
    const masked = masking.redact(text);
    return markers.flatMap(({ kind, letter }) =>
      [...masked.matchAll(new RegExp(`${letter}+`, 'g'))].map(({ index, 0: run }) => ({
        start: index,
        end: index + run.length,
        kind,
      })),
    );
  };
  const plain = new module.default.SyncRedactor();
  return {
    name: `redact-pii ${version}`,
    work: (text) => plain.redact(text),
    personal: find,
    secrets: (text) => find(text).filter(({ kind }) => kind === 'secret'),
  };
}

async function openRedaction(): Promise<RedactionTool> {
  type Detected = { detections: { type: string; position: [number, number] }[] };
  const { module, version } = await peer<{ OpenRedaction: new () => { detect(text: string): Promise<Detected> } }>(
    'openredaction',
    'dist/index.mjs',
  );
  const tool = new module.OpenRedaction();
  const find = async (text: string): Promise<Span[]> =>
    (await tool.detect(text)).detections.map(({ type, position: [start, end] }) => ({
      start,
      end,
      kind: kindOfDetection(type),
    }));
  // Whatever it calls a finding in a file of secrets counts for it.
  return { name: `openredaction ${version}`, work: (text) => tool.detect(text), personal: find, secrets: find };
}

function kindOfDetection(type: string): string {
  if (type.startsWith('PHONE')) return 'phone';
  if (type.startsWith('IPV')) return 'ip';
  return { EMAIL: 'email', CREDIT_CARD: 'card', IBAN: 'iban', SSN: 'ssn' }[type] ?? 'other';
}

async function gitleaksInJavaScript(path: string): Promise<RedactionTool> {
  const { module } = await peer<{ parse(text: string): unknown }>('smol-toml', 'dist/index.js');
  const configuration = module.parse(await readFile(path, 'utf8')) as GitleaksConfiguration;
  const { find, compiled, given } = gitleaksRules(configuration);
  return { name: `gitleaks' rules in JavaScript (${compiled} of ${given} run)`, work: find, secrets: find };
}
