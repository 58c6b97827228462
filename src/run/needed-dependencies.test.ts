import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DependencyFinding } from '../code/index.ts';
import { withNeededDependencies } from './needed-dependencies.ts';

const unit = (path: string, title: string) => ({ id: `${path}: ${title}`, files: [path], path, titles: [title] });
const finding = (kind: DependencyFinding['kind'], name: string): DependencyFinding => ({
  ...{ language: 'javascript', path: 'package.json', line: 1, column: 1, name, kind },
  ...{ action: 'report', reason: '', uses: [] },
});
const ms = unit('package.json', 'remove unused dependency "ms" from dependencies');
const lodash = unit('package.json', 'remove unused dependency "lodash" from dependencies');

test('a dependency that an import needs again is not removed', () => {
  const partly = { kind: 'partly', kept: [ms, lodash], rejected: [] } as const;
  const outcome = withNeededDependencies(partly, { dependencies: [finding('unlisted', 'ms')] });
  assert.deepEqual(outcome.kept, [lodash]);
  assert.deepEqual(
    outcome.rejected.map(({ titles }) => titles),
    [ms.titles],
  );
});

test('a dependency that nothing needs stays removed', () => {
  const partly = { kind: 'partly', kept: [ms, lodash], rejected: [] } as const;
  assert.equal(withNeededDependencies(partly, { dependencies: [finding('unused', 'ms')] }), partly);
});
