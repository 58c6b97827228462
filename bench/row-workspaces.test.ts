import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workspaceRows } from './row-workspaces.ts';

test('workspaces are made and removed beside git and cp, with and without dependencies', async (t) => {
  const rows = await workspaceRows(1, 120, 40);
  assert.deepEqual(
    rows.slice(0, 6).map(({ what, on }) => `${what}: ${on}`),
    ['120 files', '120 files and 40 in node_modules'].flatMap((on) => [
      `a parallel workspace, the first of a run: ${on}`,
      `a parallel workspace, each further one: ${on}`,
      `its removal: ${on}`,
    ]),
  );
  for (const { ours, on, peers } of rows) {
    if (ours.startsWith('not measured')) t.diagnostic(`${on}: ${ours}`);
    else assert.match(`${ours} ${peers}`, /^\d.* s cp -r \d.* s; cp -r --reflink=auto \d.* s/);
  }
});
