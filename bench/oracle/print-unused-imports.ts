import { unusedImports } from './unused-imports.ts';

process.stdout.write(JSON.stringify(unusedImports(process.argv[2] as string)));
