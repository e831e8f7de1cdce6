-- A ticket may wait for an approval, or for another party, as it may for the customer.
ALTER TYPE "TicketStatus" ADD VALUE 'ON_HOLD' BEFORE 'RESOLVED';

-- What waits is counted as such. A value of an enum cannot be named in the transaction that makes it; its text can.
CREATE OR REPLACE FUNCTION "ticket_count_added"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "ticket_count" ("policy_id", "branch_id", "tier_code", "tier_rank", "sla_state", "is_waiting", "count")
  SELECT policy_id, branch_id, tier_code, tier_rank, sla_state, status::text IN ('WAITING_ON_CUSTOMER', 'ON_HOLD'), count(*)
  FROM added WHERE status <> 'CLOSED' GROUP BY 1, 2, 3, 4, 5, 6;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION "ticket_count_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "ticket_count" ("policy_id", "branch_id", "tier_code", "tier_rank", "sla_state", "is_waiting", "count")
  SELECT policy_id, branch_id, tier_code, tier_rank, sla_state, is_waiting, sum(one)
  FROM (
    SELECT policy_id, branch_id, tier_code, tier_rank, sla_state, status::text IN ('WAITING_ON_CUSTOMER', 'ON_HOLD') AS is_waiting, -1 AS one
    FROM removed WHERE status <> 'CLOSED'
    UNION ALL
    SELECT policy_id, branch_id, tier_code, tier_rank, sla_state, status::text IN ('WAITING_ON_CUSTOMER', 'ON_HOLD'), 1
    FROM added WHERE status <> 'CLOSED'
  ) change
  GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(one) <> 0;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION "ticket_count_removed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "ticket_count" ("policy_id", "branch_id", "tier_code", "tier_rank", "sla_state", "is_waiting", "count")
  SELECT policy_id, branch_id, tier_code, tier_rank, sla_state, status::text IN ('WAITING_ON_CUSTOMER', 'ON_HOLD'), -count(*)
  FROM removed WHERE status <> 'CLOSED' GROUP BY 1, 2, 3, 4, 5, 6;
  RETURN NULL;
END
$$;
