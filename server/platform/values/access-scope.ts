/** Who sees a customer's file: its own branch, that branch and those above it in the tree, or all of the line. */
export type AccessScope = 'OWN_BRANCH' | 'BRANCH_AND_BELOW' | 'CENTRAL';
