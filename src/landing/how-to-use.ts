import type { LandedAs } from './landing-outcome.ts';
import { shellWord } from './shell-word.ts';

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
