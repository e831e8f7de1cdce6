-- DropIndex
DROP INDEX "ticket_open_summary_idx";

-- CreateTable
CREATE TABLE "ticket_count" (
    "id" BIGSERIAL NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "tier_code" TEXT,
    "tier_rank" INTEGER,
    "sla_state" "SlaState" NOT NULL,
    "is_waiting" BOOLEAN NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "ticket_count_pkey" PRIMARY KEY ("id")
);

-- One statement adds one row a key, however many tickets it changes.
CREATE FUNCTION "ticket_count_added"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "ticket_count" ("policy_id", "branch_id", "tier_code", "tier_rank", "sla_state", "is_waiting", "count")
  SELECT policy_id, branch_id, tier_code, tier_rank, sla_state, status = 'WAITING_ON_CUSTOMER', count(*)
  FROM added WHERE status <> 'CLOSED' GROUP BY 1, 2, 3, 4, 5, 6;
  RETURN NULL;
END
$$;

CREATE FUNCTION "ticket_count_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "ticket_count" ("policy_id", "branch_id", "tier_code", "tier_rank", "sla_state", "is_waiting", "count")
  SELECT policy_id, branch_id, tier_code, tier_rank, sla_state, is_waiting, sum(one)
  FROM (
    SELECT policy_id, branch_id, tier_code, tier_rank, sla_state, status = 'WAITING_ON_CUSTOMER' AS is_waiting, -1 AS one
    FROM removed WHERE status <> 'CLOSED'
    UNION ALL
    SELECT policy_id, branch_id, tier_code, tier_rank, sla_state, status = 'WAITING_ON_CUSTOMER', 1
    FROM added WHERE status <> 'CLOSED'
  ) change
  GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(one) <> 0;
  RETURN NULL;
END
$$;

CREATE FUNCTION "ticket_count_removed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "ticket_count" ("policy_id", "branch_id", "tier_code", "tier_rank", "sla_state", "is_waiting", "count")
  SELECT policy_id, branch_id, tier_code, tier_rank, sla_state, status = 'WAITING_ON_CUSTOMER', -count(*)
  FROM removed WHERE status <> 'CLOSED' GROUP BY 1, 2, 3, 4, 5, 6;
  RETURN NULL;
END
$$;

CREATE TRIGGER "ticket_counts_added" AFTER INSERT ON "ticket"
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION "ticket_count_added"();

CREATE TRIGGER "ticket_counts_changed" AFTER UPDATE ON "ticket"
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION "ticket_count_changed"();

CREATE TRIGGER "ticket_counts_removed" AFTER DELETE ON "ticket"
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION "ticket_count_removed"();

INSERT INTO "ticket_count" ("policy_id", "branch_id", "tier_code", "tier_rank", "sla_state", "is_waiting", "count")
SELECT policy_id, branch_id, tier_code, tier_rank, sla_state, status = 'WAITING_ON_CUSTOMER', count(*)
FROM "ticket" WHERE status <> 'CLOSED' GROUP BY 1, 2, 3, 4, 5, 6;
