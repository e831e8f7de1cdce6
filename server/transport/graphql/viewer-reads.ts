import { type ExecutionArgs, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../../engine/services/services.ts';
import { viewerRowsOf } from '../../platform/access/row-policies.ts';
import { asViewer } from '../../platform/storage/viewers/viewer-rows.ts';

/** Runs what reads for whoever asks, with the database leaving out what this person may not see; nobody sees nothing. */
export function forViewer<Result>({ actor }: Pick<RequestContext, 'actor'>, work: () => Result): Result {
  return asViewer(actor ? viewerRowsOf(actor) : '{}', work);
}

/** Queries read for whoever asks. Mutations read what they judge by in transactions of their own, as the application. */
export function useViewerReads(): Plugin {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const { document, operationName, contextValue } = args as ExecutionArgs;
      if (getOperationAST(document, operationName ?? undefined)?.operation !== 'query') return;
      setExecuteFn((given: ExecutionArgs) =>
        forViewer(contextValue as RequestContext, () => executeFn(given) as unknown),
      );
    },
  };
}
