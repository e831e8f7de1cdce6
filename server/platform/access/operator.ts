import type { Actor } from './actor.ts';

/**
 * Whoever runs the platform on its own machine: above all places, with no row among the staff, so that the audit trail names
 * nobody for what they do but says by which command. No token makes anybody this.
 */
export const OPERATOR: Actor = {
  id: '00000000-0000-0000-0000-000000000000',
  name: 'operator',
  roles: ['ADMIN'],
  branchId: '00000000-0000-0000-0000-000000000000',
  policyIds: [],
  tokenScopes: [],
  expiresAt: Number.POSITIVE_INFINITY,
  rows: { lines: [] },
  place: { below: new Set(), covers: () => true, isOfficeOf: () => true },
};
