/**
 * Landing without touching the tree: the changes of a run as a patch file, a commit, a branch or a pull request.
 *
 * **The promise.** What is made holds the changes of the run and nothing else. A commit goes on top of HEAD and stores
 * each file as the user's own `git add` would (attributes, line endings, filters, the user's identity); edits that the
 * user has not committed stay out of it: the run's change is merged onto the committed version, or the file is named
 * and nothing is made. What cannot be held (ignored files, empty folders) is named with its reason.
 *
 * **What is never done.** The user's index, stash, hooks, HEAD and branches are not touched: git's plumbing works on an
 * index and a work tree of our own and adds objects and one new ref. No hook runs, nothing is signed, nothing existing is
 * overwritten. The network is used by {@link Landing.publish} alone, through the user's own `git push` and `gh`.
 *
 * **How to use it.** {@link landingFor} makes one; `check()` before the run, `land()` while the changes can still be read,
 * then the caller takes the tree back, then `publish()` where there is one. {@link howToUse} and {@link howToDiscard}
 * give the commands for a person.
 */
export { howToDiscard, howToUse, nameOfLanded } from './how-to-use.ts';
export type { Landing, LandingOptions, LandingWork } from './landing.ts';
export { landingFor } from './landing-for.ts';
export type { LandedAs, LandingConflict, LandingOutcome, LeftOut, PublishOutcome } from './landing-outcome.ts';
export { LANDING_MODES, type LandingMode, type LandingRequest } from './landing-request.ts';
