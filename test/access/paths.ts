import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** What belongs to a customer, and what is written of it. */
export const BOUND = [
  'Alert',
  'Application',
  'Approval',
  'Assessment',
  'AuditEntry',
  'BudgetAccount',
  'Contact',
  'Contract',
  'Customer',
  'CustomerMetric',
  'Delegation',
  'Disclosure',
  'Dispute',
  'Grade',
  'GradingRun',
  'ImprovementMeasure',
  'Interaction',
  'MaintenancePlan',
  'Message',
  'Meeting',
  'PeriodReport',
  'PlanMeasure',
  'Resolution',
  'RotaShift',
  'ServiceSample',
  'SlaClock',
  'SurveyResponse',
  'Task',
  'Ticket',
  'TicketEvent',
  'VipCard',
] as const;

/**
 * Arguments of fields as they stand in a document, by `Type.field`, or `Type.field<Of>` where the field is an interface.
 * A field that needs arguments and is not here fails the walk.
 */
export type Given = Readonly<Record<string, readonly string[]>>;

export interface Question {
  readonly document: string;
  /** Each path from the root to a bound type that the document reads, e.g. `customers.tickets.clocks`. */
  readonly paths: readonly string[];
}

/** A field together with the type behind its connection, if it is one. */
interface Step {
  readonly field: GraphQLField<unknown, unknown>;
  readonly type: GraphQLNamedType;
  readonly isConnection: boolean;
}

/**
 * Documents that between them read every path of at most `depth` fields from a root field to a bound type; a connection
 * and its nodes are one field. One document holds all paths that begin with the same two.
 */
export function questions(schema: GraphQLSchema, given: Given, depth: number): Question[] {
  const query = schema.getQueryType();
  if (!query) throw new Error('the schema has no queries');
  const bound = new Set<string>(BOUND);
  const memo = new Map<string, boolean>();

  const stepOf = (field: GraphQLField<unknown, unknown>): Step => {
    const type = getNamedType(field.type);
    if (!isObjectType(type) || !type.name.endsWith('Connection')) return { field, type, isConnection: false };
    const nodes = type.getFields().nodes;
    if (!nodes) throw new Error(`${type.name} has no nodes`);
    return { field, type: getNamedType(nodes.type), isConnection: true };
  };
  // What is rehearsed is a command, and comes by no path: test/rehearsals has who may.
  const stepsOf = (type: GraphQLNamedType): Step[] =>
    type.name !== 'RehearsedCommands' && (isObjectType(type) || isInterfaceType(type))
      ? Object.values(type.getFields()).map(stepOf)
      : [];
  const concrete = (type: GraphQLNamedType): readonly GraphQLNamedType[] =>
    isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  const reaches = (type: GraphQLNamedType, left: number): boolean => {
    if (bound.has(type.name)) return true;
    if (left === 0) return false;
    const key = `${type.name} ${left}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const found = concrete(type).some(
      (one) => bound.has(one.name) || stepsOf(one).some((step) => reaches(step.type, left - 1)),
    );
    memo.set(key, found);
    return found;
  };

  const argumentsOf = (step: Step, owner: string, of?: GraphQLNamedType): string[] => {
    const listed = given[`${owner}.${step.field.name}<${of?.name}>`] ?? given[`${owner}.${step.field.name}`];
    if (listed) return [...listed];
    const missing = step.field.args.filter((argument) => isRequiredArgument(argument));
    if (missing.length > 0) throw new Error(`${owner}.${step.field.name} needs ${missing.map(({ name }) => name)}`);
    return [step.isConnection ? '(first: 10)' : ''];
  };
  const leaves = (type: GraphQLNamedType): string[] => [
    '__typename',
    ...stepsOf(type)
      .filter(({ field, type: inner }) => isLeafType(inner) && !field.args.some((one) => isRequiredArgument(one)))
      .map(({ field }) => field.name),
  ];

  /** The selection of a type, its paths added to `paths`. */
  const selection = (type: GraphQLNamedType, left: number, path: string, paths: string[]): string => {
    if (isAbstractType(type)) {
      // Fields of the same name differ in type from one object type to the next, so only what the interface has is read.
      paths.push(path);
      return `{ ${leaves(type).join(' ')} }`;
    }
    if (bound.has(type.name)) paths.push(path);
    const deeper =
      left === 0
        ? []
        : stepsOf(type)
            .filter((step) => !isLeafType(step.type) && reaches(step.type, left - 1))
            .map((step) => ask(step, type.name, left - 1, path, paths));
    return `{ ${[...leaves(type), ...deeper].join(' ')} }`;
  };
  const ask = (step: Step, owner: string, left: number, path: string, paths: string[]): string => {
    const inner = selection(step.type, left, `${path}.${step.field.name}`, paths);
    const body = step.isConnection ? `{ totalCount nodes ${inner} }` : inner;
    return `${step.field.name}${argumentsOf(step, owner)[0]} ${body}`;
  };

  /** A kind of records is one of many alike: those are walked that are given. */
  const isWalked = (root: Step, type: GraphQLNamedType): boolean =>
    !(isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Record')) ||
    given[`Query.${root.field.name}<${type.name}>`] !== undefined;

  return stepsOf(query)
    .filter((step) => !isLeafType(step.type) && reaches(step.type, depth - 1))
    .flatMap((root) =>
      concrete(root.type)
        .filter((type) => isWalked(root, type) && reaches(type, depth - 1))
        .flatMap((type) =>
          argumentsOf(root, 'Query', type).flatMap((args) => {
            const name = root.type === type ? root.field.name : `${root.field.name}<${type.name}>`;
            const wrap = (body: string) => {
              const spread = root.type === type ? body : `{ __typename ... on ${type.name} ${body} }`;
              return `query { ${root.field.name}${args} ${root.isConnection ? `{ totalCount nodes ${spread} }` : spread} }`;
            };
            const own: Question = {
              document: wrap(`{ ${leaves(type).join(' ')} }`),
              paths: bound.has(type.name) ? [name] : [],
            };
            const seconds = stepsOf(type)
              .filter((step) => !isLeafType(step.type) && reaches(step.type, depth - 2))
              .map((step): Question => {
                const paths: string[] = [];
                const document = wrap(`{ __typename ${ask(step, type.name, depth - 2, name, paths)} }`);
                return { document, paths };
              });
            return [own, ...seconds];
          }),
        ),
    );
}
