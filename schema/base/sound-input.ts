import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import { GraphQLError, type GraphQLFieldResolver } from 'graphql';
import type { RequestContext } from '../../server/engine/services/services.ts';
import { InvalidInput } from '../../server/platform/values/errors.ts';
import { malformedStrings } from '../../server/platform/values/sound-text.ts';
import { unsoundTexts } from '../../server/platform/values/text-kinds.ts';

// Every mutation, those that plugins add too, is asked two things before it begins: whether its strings are sound, and
// whether there is room to store anything. It stands inside of the errors plugin, so that the refusal is an InvalidInput.

const NAME = 'soundInput' as const;

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes, T extends object = object> {
      soundInput: SoundInputPlugin<Types>;
    }
  }
}

class SoundInputPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolver: GraphQLFieldResolver<unknown, Types['Context'], object>,
    { parentType }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (parentType !== 'Mutation') return resolver;
    return (root, args, context, info) => {
      const malformed = malformedStrings(args, '');
      const issues = malformed.length > 0 ? malformed : unsoundTexts(args, '');
      if (issues.length > 0) throw new InvalidInput(issues);
      if ((context as RequestContext).services.database.isFull()) throw storageFull();
      return resolver(root, args, context, info);
    };
  }
}

function storageFull(): GraphQLError {
  return new GraphQLError('The disk has no room for writes; reads go on.', { extensions: { code: 'STORAGE_FULL' } });
}

SchemaBuilder.registerPlugin(NAME, SoundInputPlugin);

export default NAME;
