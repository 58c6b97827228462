import { commitLanding } from './commit-landing.ts';
import { gitIn } from './git.ts';
import { gitEnvironment } from './git-environment.ts';
import type { Landing, LandingOptions } from './landing.ts';
import { patchLanding } from './patch-landing.ts';

/** The {@link Landing} that a request asks for. */
export function landingFor({ request, ...options }: LandingOptions): Landing {
  const place = { ...options, env: gitEnvironment(options.env) };
  const git = gitIn(place.root, place.env, place.runCommand);
  return request.mode === 'patch'
    ? patchLanding({ ...place, git, request })
    : commitLanding({ ...place, git, request });
}
