/** How one part is. `warning`: works, with less than one would expect. `failed`: a run would fail or be unsafe. */
export interface HealthFinding {
  status: 'ok' | 'warning' | 'failed';
  detail: string;
  /** What to do about it. */
  advice?: string;
}

/** Looks at one part. An exception is a failed part. */
export interface HealthProbe {
  /** `native addon`, `store`. */
  name: string;
  look(): Promise<HealthFinding>;
}

/** What an audit found. */
export interface HealthReport {
  checks: readonly ({ name: string } & HealthFinding)[];
  /** 1 when a part failed, else 0. */
  exitCode: number;
}

/** Asks every probe, in the order given. */
export async function healthAudit(probes: readonly HealthProbe[]): Promise<HealthReport> {
  const checks: ({ name: string } & HealthFinding)[] = [];
  for (const { name, look } of probes) checks.push({ name, ...(await look().catch(asFailed)) });
  return { checks, exitCode: checks.some(({ status }) => status === 'failed') ? 1 : 0 };
}

function asFailed(error: unknown): HealthFinding {
  return { status: 'failed', detail: error instanceof Error ? error.message : String(error) };
}
