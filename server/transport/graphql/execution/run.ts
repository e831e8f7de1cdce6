import {
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  isObjectType,
  locatedError,
} from 'graphql';
import type { Completion } from './completion.ts';
import type { FieldPlan, OperationPlan } from './plan.ts';

/** Something is not as it should be: graphql's own execution, which knows how that is told, does it again. */
export class UnusualError extends Error {}

/** As an operation comes: the signal fires when its time is over. */
export type QueryArguments = ExecutionArgs & { readonly signal?: AbortSignal };

type Path = GraphQLResolveInfo['path'];

/** Where a value goes when it is there. */
type Answer = Record<string, unknown> | unknown[];

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

const pathKeys = (path: Path | undefined): (string | number)[] => (path ? [...pathKeys(path.prev), path.key] : []);

/** One execution of a plan. It ends with an answer in which nothing went wrong but at the root, or not at all. */
export class Run {
  readonly #plan: OperationPlan;
  readonly #args: QueryArguments;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #errors: GraphQLError[] = [];
  #awaited = 0;
  #isOver = false;
  #end: () => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;

  /** @param variables as their types have read them */
  constructor(plan: OperationPlan, args: QueryArguments, variables: Readonly<Record<string, unknown>>) {
    this.#plan = plan;
    this.#args = args;
    this.#variables = variables;
  }

  /** @throws {UnusualError} graphql's own execution has to do it */
  async result(): Promise<ExecutionResult> {
    const data: Record<string, unknown> = {};
    const done = new Promise<void>((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    // It may fail before anybody waits for it.
    done.catch(() => undefined);
    try {
      for (const plan of this.#plan.fields) this.#root(plan, data);
    } catch (error) {
      this.#isOver = true;
      throw error;
    }
    if (this.#awaited > 0) await done;
    return this.#errors.length > 0 ? { errors: this.#errors, data } : { data };
  }

  /** A field of the query type: what it refuses itself is told, and leaves the others as they are. */
  #root(plan: FieldPlan, data: Record<string, unknown>): void {
    const path: Path = { prev: undefined, key: plan.key, typename: plan.parentType.name };
    data[plan.key] = null;
    const refuse = (error: unknown) => {
      if (!plan.completion.isNullable) throw new UnusualError();
      this.#errors.push(locatedError(error, plan.nodes, pathKeys(path)));
    };
    let value: unknown;
    const info = this.#infoOf(plan, path);
    try {
      value = this.#resolve(plan, this.#args.rootValue, info);
    } catch (error) {
      refuse(error);
      return;
    }
    const goal = { plan, info, completion: plan.completion, path };
    if (isPromise(value)) this.#wait(value, (found) => this.#complete(found, goal, data, plan.key), refuse);
    else this.#complete(value, goal, data, plan.key);
  }

  #object(plans: readonly FieldPlan[], source: unknown, path: Path): Record<string, unknown> {
    const answer: Record<string, unknown> = {};
    for (const plan of plans) this.#field(plan, source, path, answer);
    return answer;
  }

  #field(plan: FieldPlan, source: unknown, above: Path, answer: Record<string, unknown>): void {
    const { key, completion } = plan;
    const own = this.#own(plan, source);
    if (own !== undefined && completion.is === 'LEAF' && !isPromise(own)) {
      put(answer, key, leaf(own, completion));
      return;
    }
    const path: Path = { prev: above, key, typename: plan.parentType.name };
    const info = this.#infoOf(plan, path);
    const value = own === undefined ? this.#resolve(plan, source, info) : own;
    // Its place among the others is taken before it is there.
    put(answer, key, null);
    const goal = { plan, info, completion, path };
    if (isPromise(value)) this.#wait(value, (found) => this.#complete(found, goal, answer, key));
    else this.#complete(value, goal, answer, key);
  }

  /** What the parent answers by itself; undefined where the resolver has to be asked. */
  #own({ own, args }: FieldPlan, source: unknown): unknown {
    if (own === null) return undefined;
    const row = source as Readonly<Record<string, unknown>>;
    for (const name of own.needs) if (row[name] === undefined) return undefined;
    if (own.make === null) return row[own.needs[0] as string];
    return own.make(source, args(this.#variables), this.#args.contextValue);
  }

  #resolve({ field, args }: FieldPlan, source: unknown, info: GraphQLResolveInfo): unknown {
    const given = args(this.#variables);
    if (field.resolve) return field.resolve(source, given, this.#args.contextValue, info);
    const value = (source as Readonly<Record<string, unknown>> | null)?.[field.name];
    return typeof value === 'function'
      ? (Reflect.apply(value, source, [given, this.#args.contextValue, info]) as unknown)
      : value;
  }

  #complete(value: unknown, goal: Goal, answer: Answer, key: string | number): void {
    const { completion } = goal;
    if (value === null || value === undefined) {
      if (!completion.isNullable) throw new UnusualError();
      put(answer, key, null);
      return;
    }
    if (value instanceof Error) throw new UnusualError();
    if (completion.is === 'LEAF') put(answer, key, leaf(value, completion));
    else if (completion.is === 'LIST') this.#list(value, { ...goal, completion: completion.of }, answer, key);
    else if (completion.is === 'OBJECT') this.#checked(value, completion.type, goal, answer, key);
    else this.#named(value, completion, goal, answer, key);
  }

  #list(value: unknown, goal: Goal, answer: Answer, key: string | number): void {
    if (!Array.isArray(value)) throw new UnusualError();
    const items: unknown[] = value.map(() => null);
    put(answer, key, items);
    (value as unknown[]).forEach((item, at) => {
      const inside = { ...goal, path: { prev: goal.path, key: at, typename: undefined } };
      if (isPromise(item)) this.#wait(item, (found) => this.#complete(found, inside, items, at));
      else this.#complete(item, inside, items, at);
    });
  }

  /** An object of an interface or a union, whose type it says itself. */
  #named(
    value: unknown,
    { type }: Completion & { is: 'ABSTRACT' },
    goal: Goal,
    answer: Answer,
    key: string | number,
  ): void {
    const { contextValue, schema } = this.#args;
    const resolve = type.resolveType ?? this.#args.typeResolver;
    if (!resolve) throw new UnusualError();
    const go = (name: unknown) => {
      const named = typeof name === 'string' ? schema.getType(name) : undefined;
      if (!isObjectType(named)) throw new UnusualError();
      this.#checked(value, named, goal, answer, key);
    };
    const name: unknown = resolve(value, contextValue, goal.info, type);
    if (isPromise(name)) this.#wait(name, go);
    else go(name);
  }

  /** An object whose type looks at each of its objects first: there the rights of rows are asked. */
  #checked(value: unknown, type: GraphQLObjectType, goal: Goal, answer: Answer, key: string | number): void {
    const go = (isOne: unknown) => {
      if (isOne !== true) throw new UnusualError();
      put(answer, key, this.#object(goal.plan.below(type), value, goal.path));
    };
    const isOne: unknown = type.isTypeOf?.(value, this.#args.contextValue, goal.info) ?? true;
    if (isPromise(isOne)) this.#wait(isOne, go);
    else go(isOne);
  }

  #wait(value: PromiseLike<unknown>, then: (value: unknown) => void, refuse?: (error: unknown) => void): void {
    this.#awaited += 1;
    const go = (step: (value: unknown) => void) => (given: unknown) => {
      if (this.#isOver) return;
      try {
        if (this.#args.signal?.aborted) throw new UnusualError();
        step(given);
      } catch (error) {
        this.#stop(error);
        return;
      }
      this.#awaited -= 1;
      if (this.#awaited === 0) this.#end();
    };
    value.then(
      go(then),
      go((error) => {
        if (!refuse) throw error;
        refuse(error);
      }),
    );
  }

  #stop(error: unknown): void {
    this.#isOver = true;
    this.#fail(error);
  }

  #infoOf({ field, nodes, parentType }: FieldPlan, path: Path): GraphQLResolveInfo {
    return {
      fieldName: field.name,
      fieldNodes: nodes,
      returnType: field.type,
      parentType,
      path,
      schema: this.#args.schema,
      fragments: this.#plan.fragments,
      rootValue: this.#args.rootValue,
      operation: this.#plan.operation,
      variableValues: this.#variables,
    };
  }
}

function put(answer: Answer, key: string | number, value: unknown): void {
  if (Array.isArray(answer)) answer[Number(key)] = value;
  else answer[key] = value;
}

/** A value on its way into the answer. */
interface Goal {
  readonly plan: FieldPlan;
  readonly info: GraphQLResolveInfo;
  readonly completion: Completion;
  readonly path: Path;
}

function leaf(value: unknown, { isNullable, serialize }: Completion & { is: 'LEAF' }): unknown {
  if (value === null) {
    if (!isNullable) throw new UnusualError();
    return null;
  }
  if (value instanceof Error) throw new UnusualError();
  const written = serialize(value);
  if (written === undefined || written === null) throw new UnusualError();
  return written;
}
