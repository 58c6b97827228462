import { typescriptCycles } from './typescript-graph.ts';

process.stdout.write(JSON.stringify(typescriptCycles(process.argv[2] as string)));
