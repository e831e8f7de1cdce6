import type { RequestContext } from '../../server/engine/services/services.ts';
import type { Actor } from '../../server/platform/access/actor.ts';
import { BOUND_ROWS, type BoundModel } from '../../server/platform/access/bound-rows.ts';
import { visible } from '../../server/platform/access/scope.ts';
import { type ModelName, rowsOf } from './models.ts';

/** Who asks for an object by its id. */
export interface NodeViewer extends Pick<RequestContext, 'services'> {
  readonly actor: Actor;
}

/** Whether the viewer may read the object of the type with the id. */
export type NodeRule = (viewer: NodeViewer, id: string, type: ModelName) => Promise<boolean>;

/** A rule for each type of `Node`. A type without one is not read by its id. */
export type NodeRules = { readonly [M in ModelName]?: NodeRule };

/** Those that the filter finds, which is made for the actor. */
export function where(filter: (actor: Actor) => object): NodeRule {
  return async ({ services, actor }, id, type) =>
    (await rowsOf(services.database, type).count({ where: { id, ...filter(actor) } })) > 0;
}

/** Those whose place the actor sees, by the one declaration of what belongs to a place. */
export const bound: NodeRule = async (viewer, id, type) => {
  if (!(type in BOUND_ROWS)) return false;
  const path: readonly string[] = BOUND_ROWS[type as BoundModel];
  const rule = where((actor) =>
    path.reduceRight<object>((filter, relation) => ({ [relation]: filter }), visible(actor)),
  );
  return rule(viewer, id, type);
};

/** What everybody of the organisation may know. */
export const everybody: NodeRule = async () => true;

/** What is read in its list alone. */
export const nobody: NodeRule = async () => false;

/** Whether the viewer may read the object that a global id names. */
export async function mayReadNode(
  rules: NodeRules,
  { services, actor }: Pick<RequestContext, 'services' | 'actor'>,
  { typename, id }: { typename: string; id: string },
): Promise<boolean> {
  const type = typename as ModelName;
  const rule = Object.hasOwn(rules, typename) ? rules[type] : undefined;
  return rule && actor ? rule({ services, actor }, id, type) : false;
}

/** Reads an object of an interface by its id, as one of its type; null where the viewer may not. */
export type OwnNode = (viewer: NodeViewer, id: string) => Promise<object | null>;

/** Interfaces whose objects have ids of their own. */
export type OwnNodes = Readonly<Record<string, OwnNode>>;
