/** `node bench/redaction/tune.ts <corpora> [--held-out] [--verbose]`: our own scores, with what was missed. */
import { redactor } from '../../src/redaction/index.ts';
import { type Half, scorePersonal, scoreSecrets } from './score.ts';

const [corpora = '', ...flags] = process.argv.slice(2);
const half: Half = flags.includes('--held-out') ? 'held-out' : 'development';
const tell = flags.includes('--verbose') ? (line: string) => process.stdout.write(`  ${line}\n`) : undefined;
const { redact } = redactor();

const scores = await scorePersonal(corpora, half, (text) => redact(text).findings, tell);
for (const [kind, { labelled, found, reported, right }] of Object.entries(scores)) {
  process.stdout.write(`${kind}: recall ${found}/${labelled}, precision ${right}/${reported}\n`);
}
const SECRET = new Set([
  'secret',
  'token',
  'private-key',
  'jwt',
  'password-hash',
  'url-credentials',
  'authorization',
  'cookie',
]);
const lineOf = (text: string, at: number) => text.slice(0, at).split('\n').length;
const secrets = await scoreSecrets(
  corpora,
  half,
  (text) =>
    redact(text)
      .findings.filter(({ kind }) => SECRET.has(kind))
      .map(({ start }) => lineOf(text, start)),
  tell,
);
process.stdout.write(`secrets: ${secrets.found}/${secrets.labelled}, surplus ${secrets.surplus}\n`);
