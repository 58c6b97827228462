/**
 * `npm ci` ends here: builds the native addon (when its sources changed) and bundles the command.
 * A published package carries both, so this runs in checkouts only.
 */
import { buildNative } from './build-native.ts';
import { bundle } from './bundle.ts';

await buildNative();
await bundle();
