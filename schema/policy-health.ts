import { type HealthWithOwed, owedReactions, policyHealth } from '../server/domain/policies/health.ts';
import type { Builder } from './base/builder.ts';
import type { TypeRefs } from './base/refs.ts';

/** What is run as a policy, and how it does. */
export function addPolicyHealth(builder: Builder, refs: TypeRefs): void {
  const State = builder.enumType('PolicyState', {
    values: {
      OK: {},
      FAILING: { description: 'Something broke within the last minute, or was not answered since.' },
      BLOCKED: {
        description: 'Something is not asked for now, because it failed repeatedly; it is tried every half minute.',
      },
    },
  });
  const Failure = builder.objectRef<NonNullable<HealthWithOwed['lastError']>>('PolicyError').implement({
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime' }),
      question: t.exposeString('question', {
        description:
          'What it was asked; `read` where it read values that somebody gave, `thread` where it was asked nothing, `schema` where one of its resolvers took long.',
      }),
      message: t.exposeString('message'),
    }),
  });
  const Health = builder.objectRef<HealthWithOwed>('PolicyHealth').implement({
    description: 'How the plugin does on the node that answers.',
    fields: (t) => ({
      state: t.expose('state', { type: State }),
      since: t.expose('since', { type: 'DateTime', nullable: true, description: 'Null while all is well.' }),
      failures: t.exposeInt('failures', { description: 'Since then.' }),
      lastError: t.expose('lastError', { type: Failure, nullable: true }),
      owedReactions: t.int({
        description: 'Events on which it could not say what follows; it is asked again until it can.',
        resolve: ({ policyId }, _args, { services }) => owedReactions(services, policyId),
      }),
    }),
  });
  builder.objectFields(refs.Policy, (t) => ({
    pluginVersion: t.string({
      description: 'As the plugin says it.',
      resolve: ({ declaration }) => declaration.version,
    }),
    pluginHash: t.string({
      nullable: true,
      description: 'Of its files: the same on every node that runs the same.',
      resolve: ({ hash }) => hash ?? null,
    }),
    health: t.field({
      type: Health,
      nullable: true,
      description: 'Null for who may not look into the working of policies.',
      resolve: ({ declaration }, _args, { services, actor }) =>
        actor ? policyHealth(services, actor, declaration.id) : null,
    }),
  }));
}
