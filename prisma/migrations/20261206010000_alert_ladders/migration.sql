-- Alerts that nobody takes climb a ladder of people (docs/decisions/0073-alerts-that-climb.md); what becomes of an alert is told in the
-- same order as the alerts are; who is on duty is kept.
CREATE TYPE "AlertChange" AS ENUM ('ACKNOWLEDGED', 'ASSIGNED', 'CLIMBED', 'SNOOZED', 'SNOOZE_ENDED', 'ENDED');

ALTER TYPE "AlertKind" ADD VALUE 'ROTA_GAP' BEFORE 'POLICY_FAILED';

ALTER TABLE "alert" ADD COLUMN     "awaits_ladder" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "climbs_at" TIMESTAMPTZ(3),
ADD COLUMN     "ended_at" TIMESTAMPTZ(3),
ADD COLUMN     "ladder" JSONB,
ADD COLUMN     "rung" INTEGER,
ADD COLUMN     "snooze_reason" TEXT,
ADD COLUMN     "snoozed_by_id" UUID,
ADD COLUMN     "snoozed_until" TIMESTAMPTZ(3);

-- Alerts from before there were ladders climb none.
ALTER TABLE "alert" ALTER COLUMN "awaits_ladder" SET DEFAULT true;

CREATE TABLE "alert_update" (
    "id" BIGSERIAL NOT NULL,
    "pos" BIGINT,
    "alert_id" UUID NOT NULL,
    "change" "AlertChange" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by_id" UUID,

    CONSTRAINT "alert_update_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "alert_climb" (
    "alert_id" UUID NOT NULL,
    "rung" INTEGER NOT NULL,
    "whom" TEXT NOT NULL,
    "staff_id" UUID,
    "passed" BOOLEAN NOT NULL DEFAULT false,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "told_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alert_climb_pkey" PRIMARY KEY ("alert_id","rung")
);

CREATE TABLE "rota_shift" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "post" TEXT,
    "staff_id" UUID NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "valid_until" TIMESTAMPTZ(3) NOT NULL,
    "note" TEXT,
    "created_by_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "rota_shift_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "alert_update_pos_key" ON "alert_update"("pos");

CREATE INDEX "alert_update_unnumbered_idx" ON "alert_update"("id") WHERE (pos IS NULL);

CREATE INDEX "alert_update_alert_id_idx" ON "alert_update"("alert_id");

CREATE INDEX "rota_shift_policy_id_branch_id_post_valid_until_idx" ON "rota_shift"("policy_id", "branch_id", "post", "valid_until");

CREATE INDEX "rota_shift_staff_id_valid_until_idx" ON "rota_shift"("staff_id", "valid_until");

CREATE INDEX "rota_shift_policy_id_branch_id_valid_from_id_idx" ON "rota_shift"("policy_id", "branch_id", "valid_from", "id");

CREATE INDEX "rota_shift_policy_id_valid_from_id_idx" ON "rota_shift"("policy_id", "valid_from", "id");

CREATE INDEX "alert_awaiting_ladder_idx" ON "alert"("id") WHERE (awaits_ladder);

CREATE INDEX "alert_climbs_at_idx" ON "alert"("climbs_at") WHERE (climbs_at IS NOT NULL);

CREATE INDEX "alert_snoozed_until_idx" ON "alert"("snoozed_until") WHERE (snoozed_until IS NOT NULL);

CREATE INDEX "alert_open_clock_idx" ON "alert"("clock_id") WHERE (ended_at IS NULL AND clock_id IS NOT NULL);

CREATE INDEX "alert_open_task_idx" ON "alert"("task_id") WHERE (ended_at IS NULL AND task_id IS NOT NULL);

CREATE INDEX "alert_open_approval_idx" ON "alert"("approval_id") WHERE (ended_at IS NULL AND approval_id IS NOT NULL);

-- Nothing held so far that an assignee is one of the staff.
UPDATE "alert" SET "assignee_id" = NULL WHERE "assignee_id" IS NOT NULL AND NOT EXISTS (SELECT FROM "staff" WHERE "staff"."id" = "alert"."assignee_id");
ALTER TABLE "alert" ADD CONSTRAINT "alert_assignee_id_fkey" FOREIGN KEY ("assignee_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "alert" ADD CONSTRAINT "alert_snoozed_by_id_fkey" FOREIGN KEY ("snoozed_by_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "alert_update" ADD CONSTRAINT "alert_update_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "alert_update" ADD CONSTRAINT "alert_update_by_id_fkey" FOREIGN KEY ("by_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "alert_climb" ADD CONSTRAINT "alert_climb_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "alert_climb" ADD CONSTRAINT "alert_climb_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "rota_shift" ADD CONSTRAINT "rota_shift_branch_id_fkey" FOREIGN KEY ("branch_id") REFERENCES "branch"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "rota_shift" ADD CONSTRAINT "rota_shift_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "rota_shift" ADD CONSTRAINT "rota_shift_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- An alert whose matter is over is nobody's any more. Many commands end a matter, in all slices, and some rows of a matter are
-- written without a command of ours: so the database says it, in the transaction that ends the matter, and none is forgotten.
-- Whoever raises an alert about a matter without writing its row locks that row first (server/domain/alerts/sql.ts).
CREATE FUNCTION "end_alerts"("ids" UUID[], "ended" TIMESTAMPTZ) RETURNS void LANGUAGE sql AS $$
  WITH "over" AS (
    UPDATE "alert" SET "ended_at" = "ended", "climbs_at" = NULL, "snoozed_until" = NULL, "acknowledgement_expires_at" = NULL
    WHERE "id" = ANY("ids") AND "ended_at" IS NULL RETURNING "id"
  )
  INSERT INTO "alert_update" ("alert_id", "change", "at") SELECT "id", 'ENDED', "ended" FROM "over";
$$;

-- What came late is a finding of its own: it stays until somebody has seen it.
CREATE FUNCTION "clock_ends_alerts"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "end_alerts"(array_agg("id"), coalesce(NEW."fulfilled_at", NEW."cancelled_at")) FROM "alert"
  WHERE "clock_id" = NEW."id" AND "ended_at" IS NULL AND "kind" <> 'SLA_FULFILLED_LATE' HAVING count(*) > 0;
  RETURN NULL;
END
$$;

CREATE FUNCTION "task_ends_alerts"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "end_alerts"(array_agg("id"), coalesce(NEW."completed_at", statement_timestamp())) FROM "alert"
  WHERE "task_id" = NEW."id" AND "clock_id" IS NULL AND "ended_at" IS NULL HAVING count(*) > 0;
  RETURN NULL;
END
$$;

-- Of an approval that goes on to the next step, the alert of the step before is over.
CREATE FUNCTION "approval_ends_alerts"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "end_alerts"(array_agg("id"), coalesce(NEW."decided_at",
    (SELECT max("s"."decided_at") FROM "approval_step" "s" WHERE "s"."approval_id" = NEW."id"), statement_timestamp())) FROM "alert"
  WHERE "approval_id" = NEW."id" AND "task_id" IS NULL AND "clock_id" IS NULL AND "ended_at" IS NULL
    AND (NEW."awaiting_role" IS NULL OR ("kind" = 'APPROVAL_WAITING' AND "audience"[1] = OLD."awaiting_role")) HAVING count(*) > 0;
  RETURN NULL;
END
$$;

CREATE FUNCTION "ticket_ends_alerts"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "end_alerts"(array_agg("id"), coalesce(NEW."closed_at", NEW."resolved_at", statement_timestamp())) FROM "alert"
  WHERE "ticket_id" = NEW."id" AND "clock_id" IS NULL AND "task_id" IS NULL AND "approval_id" IS NULL AND "ended_at" IS NULL
    AND "kind" NOT IN ('SLA_FULFILLED_LATE') HAVING count(*) > 0;
  RETURN NULL;
END
$$;

CREATE TRIGGER "clock_ends_alerts" AFTER UPDATE ON "sla_clock" FOR EACH ROW
  WHEN (OLD."fulfilled_at" IS NULL AND OLD."cancelled_at" IS NULL AND (NEW."fulfilled_at" IS NOT NULL OR NEW."cancelled_at" IS NOT NULL))
  EXECUTE FUNCTION "clock_ends_alerts"();

CREATE TRIGGER "task_ends_alerts" AFTER UPDATE ON "task" FOR EACH ROW
  WHEN (OLD."status" IN ('OPEN', 'OVERDUE') AND NEW."status" NOT IN ('OPEN', 'OVERDUE')) EXECUTE FUNCTION "task_ends_alerts"();

CREATE TRIGGER "approval_ends_alerts" AFTER UPDATE ON "approval" FOR EACH ROW
  WHEN (OLD."awaiting_role" IS NOT NULL AND NEW."awaiting_role" IS DISTINCT FROM OLD."awaiting_role")
  EXECUTE FUNCTION "approval_ends_alerts"();

CREATE TRIGGER "ticket_ends_alerts" AFTER UPDATE ON "ticket" FOR EACH ROW
  WHEN (OLD."status" NOT IN ('RESOLVED', 'CLOSED') AND NEW."status" IN ('RESOLVED', 'CLOSED')) EXECUTE FUNCTION "ticket_ends_alerts"();

-- What was over before the upgrade.
UPDATE "alert" "a" SET "ended_at" = coalesce("k"."fulfilled_at", "k"."cancelled_at") FROM "sla_clock" "k"
WHERE "k"."id" = "a"."clock_id" AND coalesce("k"."fulfilled_at", "k"."cancelled_at") IS NOT NULL AND "a"."kind" <> 'SLA_FULFILLED_LATE';

UPDATE "alert" "a" SET "ended_at" = coalesce("w"."completed_at", statement_timestamp()) FROM "task" "w"
WHERE "w"."id" = "a"."task_id" AND "a"."clock_id" IS NULL AND NOT "w"."is_open";

UPDATE "alert" "a" SET "ended_at" = coalesce("p"."decided_at", statement_timestamp()) FROM "approval" "p"
WHERE "p"."id" = "a"."approval_id" AND "a"."clock_id" IS NULL AND "a"."task_id" IS NULL AND "p"."awaiting_role" IS NULL;

UPDATE "alert" "a" SET "ended_at" = coalesce("t"."closed_at", "t"."resolved_at", statement_timestamp()) FROM "ticket" "t"
WHERE "t"."id" = "a"."ticket_id" AND "a"."clock_id" IS NULL AND "a"."task_id" IS NULL AND "a"."approval_id" IS NULL
  AND "a"."kind" <> 'SLA_FULFILLED_LATE' AND "t"."status" IN ('RESOLVED', 'CLOSED');
