import type { Manifest } from './manifest.ts';
import cycleFinder from './manifests/cycle-finder.json' with { type: 'json' };
import deadCodeFinder from './manifests/dead-code-finder.json' with { type: 'json' };
import dependencyAuditor from './manifests/dependency-auditor.json' with { type: 'json' };
import dependencyOptimizer from './manifests/dependency-optimizer.json' with { type: 'json' };
import importAuditor from './manifests/import-auditor.json' with { type: 'json' };

/** The manifests that come with the product. One more is one file and one line. */
export const builtinManifests: readonly Manifest[] = [
  cycleFinder,
  deadCodeFinder,
  dependencyAuditor,
  dependencyOptimizer,
  importAuditor,
] as unknown as readonly Manifest[];
