import type { TicketStatus } from '../prisma/generated/client/enums.ts';
import type { AsRaised } from '../server/engine/alert-log/row.ts';
import type { Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';

/** What an alert keeps of what it was raised about. */
export function addAlertAsRaised(builder: Builder, enums: Enums) {
  return builder.objectRef<AsRaised>('AlertAsRaised').implement({
    description: 'What an alert is about, frozen at the instant at which it was raised. What it does not know is null.',
    fields: (t) => ({
      level: t.exposeInt('level', { nullable: true, description: "The ticket's." }),
      status: t.field({
        type: enums.TicketStatus,
        nullable: true,
        description: "The ticket's.",
        resolve: ({ status }) => status as TicketStatus | null,
      }),
      metric: t.expose('metric', { type: enums.ClockMetric, nullable: true }),
      state: t.expose('state', { type: enums.ClockState, nullable: true, description: 'How the promise stood.' }),
      dueAt: t.field({
        type: 'DateTime',
        nullable: true,
        resolve: ({ dueAt }) => (dueAt === null ? null : new Date(dueAt)),
      }),
      percentConsumed: t.float({ nullable: true, resolve: ({ percent }) => percent }),
      beyondHorizon: t.exposeBoolean('beyondHorizon', {
        description: 'It was due past the years whose days off are announced, and may move.',
      }),
    }),
  });
}
