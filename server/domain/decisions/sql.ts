/** Removes up to $2 decisions that were written more than $1 days ago. */
export const PRUNE = `/* decisions.prune */
  delete from policy_decision where ctid = any (array(
    select ctid from policy_decision where recorded_at < now() - make_interval(days => $1) limit $2))`;
