import type { LandedAs } from './landing-outcome.ts';
import { shellWord } from './shell-word.ts';

/** What landed, as it stands in a sentence. */
export function nameOfLanded(as: LandedAs): string {
  switch (as.kind) {
    case 'patch':
      return `the patch ${as.file}`;
    case 'commit':
      return `the commit ${as.commit}`;
    case 'branch':
      return `the branch ${as.branch}`;
    case 'pull-request':
      return `the pull request ${as.url}`;
  }
}

/** The command that brings what landed into the tree at `root`, or opens it. */
export function howToUse(as: LandedAs, root: string): string {
  const git = `git -C ${shellWord(root)}`;
  switch (as.kind) {
    case 'patch':
      return `${git} apply ${shellWord(as.file)}`;
    case 'commit':
      return `${git} cherry-pick ${as.commit}`;
    case 'branch':
      return `${git} merge ${shellWord(as.branch)}`;
    case 'pull-request':
      return `gh pr view ${shellWord(as.url)}`;
  }
}

/** The command that throws away what landed. */
export function howToDiscard(as: LandedAs, root: string): string {
  const git = `git -C ${shellWord(root)}`;
  switch (as.kind) {
    case 'patch':
      return `rm ${shellWord(as.file)}`;
    case 'commit':
      return `${git} update-ref -d ${shellWord(as.ref)}`;
    case 'branch':
      return `${git} branch -D ${shellWord(as.branch)}`;
    case 'pull-request':
      return `gh pr close --delete-branch ${shellWord(as.url)}`;
  }
}
