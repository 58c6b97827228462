/** One textual change of a source file; `find` must be there exactly once. */
export interface Edit {
  /** Relative to the checkout. */
  file: string;
  find: string;
  replace: string;
}

/** A defect on purpose, and the suite that has to notice it. */
export interface Mutant {
  name: string;
  edits: readonly Edit[];
  caughtBy: 'kills' | 'power';
}

const FLUSH_FOLDERS = `    await flushFolders(
      this.#effects,
      this.#entries.map(({ path }) => path),
    );
`;

const ROLL_BACK = '    const mergeBack = mergingBack({ ...this.#context, ...this.#effects });\n';

/** Flushes that are missing, steps in the wrong order, and leftovers: what a careless change of the sources would do. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'originals get their names before their bytes are on the disk',
    edits: [
      {
        file: 'crates/files/src/objects.rs',
        find: '            self.drafts.values().flatten().try_for_each(File::sync_all)?;\n',
        replace: '',
      },
    ],
    caughtBy: 'power',
  },
  {
    name: 'the folder of the originals is not flushed',
    edits: [{ file: 'crates/files/src/objects.rs', find: '        self.dir.sync()?;\n', replace: '' }],
    caughtBy: 'power',
  },
  {
    name: 'new content is put in place before it is on the disk',
    edits: [
      {
        file: 'crates/files/src/apply.rs',
        find: 'self.flush_drafts(writes.len() - late.len(), made)?;',
        replace: 'drop(made);',
      },
    ],
    caughtBy: 'power',
  },
  {
    name: 'a file with several names is overwritten and not flushed',
    edits: [
      {
        file: 'crates/files/src/overwrite.rs',
        find: '        file.sync_all()\n    };',
        replace: '        Ok(())\n    };',
      },
    ],
    caughtBy: 'power',
  },
  {
    name: 'the commit point is not flushed',
    edits: [
      { file: 'crates/store/src/connection.rs', find: '"synchronous", "FULL"', replace: '"synchronous", "NORMAL"' },
    ],
    caughtBy: 'power',
  },
  {
    name: 'the folders of what changed are not flushed before the commit row',
    edits: [{ file: 'src/state/transaction.ts', find: FLUSH_FOLDERS, replace: '' }],
    caughtBy: 'power',
  },
  {
    name: 'the journal is written after the change',
    edits: [
      {
        file: 'src/state/transaction.ts',
        find: '    await this.#journal(entries);\n    this.#entries.push(...entries);\n    try {\n',
        replace: '    this.#entries.push(...entries);\n    try {\n',
      },
      {
        file: 'src/state/transaction.ts',
        find: 'await applyChanges(pending, this.#effects);',
        replace: 'await applyChanges(pending, this.#effects);\n      await this.#journal(entries);',
      },
    ],
    caughtBy: 'kills',
  },
  {
    name: 'originals are not kept before the change',
    edits: [
      {
        file: 'src/state/transaction.ts',
        find: 'await tree.keepFiles(originals).catch(',
        replace: 'await tree.keepFiles(originals.slice(0, 0)).catch(',
      },
    ],
    caughtBy: 'kills',
  },
  {
    name: 'the row that ends a rollback is written before the files are back',
    edits: [
      {
        file: 'src/state/transaction.ts',
        find: ROLL_BACK,
        replace: `    await store.commit(this.#recorded ? [ended(this.record.id, { state: 'rolled-back', at: clock.now() })] : []);
    this.#recorded = false;
${ROLL_BACK}`,
      },
    ],
    caughtBy: 'kills',
  },
  {
    name: 'two renames are swapped: the old file leaves before the new one stands',
    edits: [
      {
        file: 'crates/files/src/apply.rs',
        find: '    match folder.exchange(draft, name) {\n        Ok(()) => {}\n',
        replace: `    let aside = OsString::from(format!("{}.old", draft.to_string_lossy()));
    let swapped = folder
        .rename(name, &aside)
        .and_then(|()| folder.rename(draft, name))
        .and_then(|()| folder.rename(&aside, draft));
    match swapped {
        Ok(()) => {}
`,
      },
    ],
    caughtBy: 'kills',
  },
  {
    name: 'recovery leaves the temporary files of a killed process behind',
    edits: [
      {
        file: 'src/state/restore-keeping-both.ts',
        find: 'const conflicts = await sweepDrafts(targets, context);',
        replace: 'const conflicts = await sweepDrafts(targets.slice(0, 0), context);',
      },
    ],
    caughtBy: 'kills',
  },
  {
    name: 'a recovery is over before the files are back',
    edits: [
      {
        file: 'src/state/recovery.ts',
        find: '    const targets = restoreTargets(',
        replace: `    await context.store.commit([ended(id, { state: 'rolled-back', at: context.clock.now() })]);
    const targets = restoreTargets(`,
      },
      { file: 'src/state/recovery.ts', find: '    await context.store.commit([end]);\n', replace: '    void end;\n' },
    ],
    caughtBy: 'kills',
  },
  {
    name: 'what a command did is journaled before it is on the disk',
    edits: [
      {
        file: 'src/state/capture.ts',
        find: "takes away.\n  await tree.sync().catch(told('flush'));\n",
        replace: 'takes away.\n',
      },
    ],
    caughtBy: 'power',
  },
  {
    name: 'a folder that has not got its mode yet is taken for one of somebody else',
    edits: [
      {
        file: 'src/state/halfway.ts',
        find: "if (state.kind === 'folder') return state.mode === UNFINISHED && folders.length > 0;",
        replace: "if (state.kind === 'folder') return state.mode < UNFINISHED && folders.length > 0;",
      },
    ],
    caughtBy: 'power',
  },
  {
    name: 'a path that changes from a file to a folder is not known while it is absent',
    edits: [
      {
        file: 'src/state/halfway.ts',
        find: "if (state.kind === 'absent') return folders.length > 0 && known.some(isContent);",
        replace: "if (state.kind === 'absent') return folders.length > 0 && !known.some(isContent);",
      },
    ],
    caughtBy: 'kills',
  },
];
