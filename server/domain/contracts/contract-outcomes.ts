import type { ApprovalOutcomes } from '../../engine/services/approval-outcome.ts';

/** The decision itself opens the archive, for as long as it holds: nothing else has to be carried out. */
export const contractOutcomes = { 'Contract/ARCHIVE_ACCESS': {} } as const satisfies ApprovalOutcomes;
