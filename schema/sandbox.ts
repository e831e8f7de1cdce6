import { GraphQLError } from 'graphql';
import { asExecutionError, type Builder, inputError } from './base/builder.ts';
import type { Effort } from './base/effort.ts';

/** What exists only in the sandbox: a hand on the clock. */
export function addSandbox(builder: Builder): void {
  const Advance = builder
    .objectRef<{ now: Date; alertsRaised: number; tasksCreated: number }>('AdvanceClockResult')
    .implement({
      fields: (t) => ({
        now: t.expose('now', { type: 'DateTime' }),
        alertsRaised: t.exposeInt('alertsRaised'),
        tasksCreated: t.exposeInt('tasksCreated'),
      }),
    });
  builder.mutationField('advanceClock', (t) =>
    t.field({
      type: Advance,
      // As long as all that falls due: a month takes longer than any other operation may.
      extensions: { timeMs: Number.POSITIVE_INFINITY } satisfies Effort,
      description:
        'Moves the clock forward, running every sweep and daily job at the instants at which they would have run.',
      args: { to: t.arg({ type: 'DateTime', required: true }) },
      resolve: async (_root, { to }, { services }) => {
        if (!services.advance)
          throw new GraphQLError('There is no held clock here.', { extensions: { code: 'FORBIDDEN' } });
        if (to < services.clock.now())
          throw inputError('to', 'lies before the present instant: the clock does not go back');
        try {
          return await services.advance(to);
        } catch (error) {
          throw asExecutionError(error);
        }
      },
    }),
  );
}
