import type { Logger } from 'pino';
import type { OnOperation } from '../transport/graphql/operation-report.ts';
import type { Metrics } from './metrics.ts';
import type { AppSettings } from './settings.ts';

/** Milliseconds from which an operation is worth a line, whether all are logged or not; ours. */
const SLOW_MS = 1_000;

/** Counts each operation, and logs those that are slow, or all. Neither documents nor variables stand in the log. */
export function reportOperations(
  { logsRequests = false, slowMs = SLOW_MS }: Pick<AppSettings, 'logsRequests' | 'slowMs'>,
  log: Logger,
  metrics: Metrics | null,
): OnOperation {
  return (seen) => {
    metrics?.operation(seen);
    const { name: operation, kind, code, requestId } = seen;
    const ms = Math.round(seen.ms);
    // How long a stream lasts is its reader's affair.
    if (ms >= slowMs && kind !== 'subscription') log.warn({ operation, kind, code, ms, requestId }, 'slow operation');
    else if (logsRequests) log.info({ operation, kind, code, ms, requestId }, 'operation');
  };
}
