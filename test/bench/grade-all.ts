import { startGradingRun } from '../../server/domain/grades/runs/grading-run.ts';
import type { Caller, Services } from '../../server/engine/services/services.ts';

/** Grades a whole line and waits for the end of the run, which has to do something. */
export async function gradeAll(services: Services, caller: Caller, policyId: string, schemeId: string) {
  const from = performance.now();
  const id = await startGradingRun(services, caller, policyId, schemeId);
  for (;;) {
    const run = await services.database.prisma.gradingRun.findUniqueOrThrow({ where: { id } });
    if (run.state === 'COMPLETED') {
      if (run.failed > 0 || run.promoted + run.demoted === 0) throw new Error(JSON.stringify(run));
      return { run, ms: performance.now() - from };
    }
    if (run.state !== 'RUNNING') throw new Error(run.state);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
