/**
 * Observability tells how PyAgent itself is.
 *
 * {@link healthAudit} asks probes, one per part, and sums up. The probes come from the composition root, because they
 * look at other rooms; this room imports none of them.
 */
export { type HealthFinding, type HealthProbe, type HealthReport, healthAudit } from './health-audit.ts';
