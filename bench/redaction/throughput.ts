/** `node bench/redaction/throughput.ts <tool> [<gitleaks.toml>]`: megabytes of the mix per second of processor time. */
import { mix } from './mix.ts';
import { redactionTool, TOOLS } from './redaction-tools.ts';

const [wanted, gitleaks] = process.argv.slice(2);
const name = TOOLS.find((tool) => tool === wanted);
const tool = name === undefined ? undefined : await redactionTool(name, gitleaks);
if (tool === undefined) throw new Error(`expected one of ${TOOLS.join(', ')}, found ${wanted}`);
const pieces = mix();
const ENOUGH_MS = 2_000;

// What is compiled at the first use is compiled here.
for (const piece of pieces.slice(0, 8)) await tool.work(piece);
let bytes = 0;
const before = process.cpuUsage();
const begun = performance.now();
for (let at = 0; performance.now() - begun < ENOUGH_MS; at += 1) {
  const piece = pieces[at % pieces.length] as string;
  await tool.work(piece);
  bytes += Buffer.byteLength(piece);
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${bytes / (user + system)}\n`);
