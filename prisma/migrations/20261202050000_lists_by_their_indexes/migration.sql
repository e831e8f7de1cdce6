-- Each list reads its rows by an index that begins with line and place and goes on in the list's order (docs/decisions/0045-lists-by-their-indexes.md).
DROP INDEX "customer_branch_id_id_idx";
DROP INDEX "customer_name_id_idx";
DROP INDEX "customer_policy_id_tier_rank_id_idx";
DROP INDEX "customer_review_due_on_idx";
DROP INDEX "task_assignee_id_status_due_at_idx";
DROP INDEX "ticket_next_due_at_id_idx";
DROP INDEX "ticket_policy_id_branch_id_status_idx";
DROP INDEX "ticket_sla_state_next_due_at_id_idx";

-- Whether work is still open, as a column: which rows a partial index has is not known of a parameter of an enum's type. Whoever
-- writes a row, the database says it.
ALTER TABLE "task" ADD COLUMN     "is_open" BOOLEAN NOT NULL DEFAULT true;

ALTER TABLE "ticket" ADD COLUMN     "is_open" BOOLEAN NOT NULL DEFAULT true;

CREATE FUNCTION "ticket_is_open"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."is_open" := NEW."status" <> 'CLOSED';
  RETURN NEW;
END
$$;

CREATE FUNCTION "task_is_open"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."is_open" := NEW."status" IN ('OPEN', 'OVERDUE');
  RETURN NEW;
END
$$;

UPDATE "ticket" SET "is_open" = false WHERE "status" = 'CLOSED';

UPDATE "task" SET "is_open" = false WHERE "status" NOT IN ('OPEN', 'OVERDUE');

CREATE TRIGGER "ticket_is_open" BEFORE INSERT OR UPDATE ON "ticket"
  FOR EACH ROW WHEN (NEW."is_open" IS DISTINCT FROM (NEW."status" <> 'CLOSED')) EXECUTE FUNCTION "ticket_is_open"();

CREATE TRIGGER "task_is_open" BEFORE INSERT OR UPDATE ON "task"
  FOR EACH ROW WHEN (NEW."is_open" IS DISTINCT FROM (NEW."status" IN ('OPEN', 'OVERDUE'))) EXECUTE FUNCTION "task_is_open"();

CREATE INDEX "alert_policy_id_pos_idx" ON "alert"("policy_id", "pos");

CREATE INDEX "alert_unacknowledged_line_idx" ON "alert"("policy_id", "pos") WHERE (acknowledged_at IS NULL);

CREATE INDEX "alert_unacknowledged_place_idx" ON "alert"("policy_id", "branch_id", "pos") WHERE (acknowledged_at IS NULL);

CREATE INDEX "alert_of_line_idx" ON "alert"("pos") WHERE (customer_id IS NULL);

CREATE INDEX "alert_of_line_unacknowledged_idx" ON "alert"("pos") WHERE (customer_id IS NULL AND acknowledged_at IS NULL);

CREATE INDEX "ticket_open_customer_idx" ON "ticket"("customer_id") WHERE (is_open);

CREATE INDEX "alert_audience_idx" ON "alert" USING GIN ("audience");

CREATE INDEX "alert_assignee_idx" ON "alert"("assignee_id", "pos") WHERE (assignee_id IS NOT NULL);

CREATE INDEX "approval_policy_id_requested_at_id_idx" ON "approval"("policy_id", "requested_at", "id");

CREATE INDEX "approval_policy_id_branch_id_requested_at_id_idx" ON "approval"("policy_id", "branch_id", "requested_at", "id");

CREATE INDEX "approval_awaiting_line_idx" ON "approval"("policy_id", "requested_at", "id") WHERE (awaiting_role IS NOT NULL);

CREATE INDEX "approval_awaiting_place_idx" ON "approval"("policy_id", "branch_id", "requested_at", "id") WHERE (awaiting_role IS NOT NULL);

CREATE INDEX "audit_entry_policy_id_id_idx" ON "audit_entry"("policy_id", "id");

CREATE INDEX "audit_entry_of_no_customer_idx" ON "audit_entry"("id") WHERE (customer_id IS NULL);

CREATE INDEX "customer_policy_id_branch_id_number_id_idx" ON "customer"("policy_id", "branch_id", "number", "id");

CREATE INDEX "customer_policy_id_name_id_idx" ON "customer"("policy_id", "name", "id");

CREATE INDEX "customer_policy_id_branch_id_name_id_idx" ON "customer"("policy_id", "branch_id", "name", "id");

CREATE INDEX "customer_policy_id_tier_rank_id_idx" ON "customer"("policy_id", "tier_rank", "id");

CREATE INDEX "customer_policy_id_branch_id_tier_rank_id_idx" ON "customer"("policy_id", "branch_id", "tier_rank", "id");

CREATE INDEX "customer_policy_id_created_at_id_idx" ON "customer"("policy_id", "created_at", "id");

CREATE INDEX "customer_policy_id_branch_id_created_at_id_idx" ON "customer"("policy_id", "branch_id", "created_at", "id");

CREATE INDEX "customer_policy_id_review_due_on_id_idx" ON "customer"("policy_id", "review_due_on", "id");

CREATE INDEX "customer_policy_id_branch_id_review_due_on_id_idx" ON "customer"("policy_id", "branch_id", "review_due_on", "id");

CREATE INDEX "customer_active_idx" ON "customer"("policy_id", "branch_id") WHERE (erased_at IS NULL AND archived_at IS NULL);

CREATE INDEX "task_assignee_id_due_at_id_idx" ON "task"("assignee_id", "due_at", "id");

CREATE INDEX "task_open_assignee_idx" ON "task"("assignee_id", "due_at", "id") WHERE (is_open);

CREATE INDEX "task_policy_id_due_at_id_idx" ON "task"("policy_id", "due_at", "id");

CREATE INDEX "task_policy_id_branch_id_due_at_id_idx" ON "task"("policy_id", "branch_id", "due_at", "id");

CREATE INDEX "task_open_line_idx" ON "task"("policy_id", "due_at", "id") WHERE (is_open);

CREATE INDEX "task_open_place_idx" ON "task"("policy_id", "branch_id", "due_at", "id") WHERE (is_open);

CREATE INDEX "task_duty_due_line_idx" ON "task"("policy_id", "due_at", "id") WHERE (duty_code IS NOT NULL);

CREATE INDEX "task_duty_due_place_idx" ON "task"("policy_id", "branch_id", "due_at", "id") WHERE (duty_code IS NOT NULL);

CREATE INDEX "ticket_policy_id_next_due_at_id_idx" ON "ticket"("policy_id", "next_due_at", "id");

CREATE INDEX "ticket_policy_id_branch_id_next_due_at_id_idx" ON "ticket"("policy_id", "branch_id", "next_due_at", "id");

CREATE INDEX "ticket_policy_id_opened_at_id_idx" ON "ticket"("policy_id", "opened_at", "id");

CREATE INDEX "ticket_policy_id_branch_id_opened_at_id_idx" ON "ticket"("policy_id", "branch_id", "opened_at", "id");

CREATE INDEX "ticket_policy_id_tier_rank_id_idx" ON "ticket"("policy_id", "tier_rank", "id");

CREATE INDEX "ticket_policy_id_branch_id_tier_rank_id_idx" ON "ticket"("policy_id", "branch_id", "tier_rank", "id");

CREATE INDEX "ticket_policy_id_level_id_idx" ON "ticket"("policy_id", "level", "id");

CREATE INDEX "ticket_policy_id_branch_id_level_id_idx" ON "ticket"("policy_id", "branch_id", "level", "id");

CREATE INDEX "ticket_open_due_line_idx" ON "ticket"("policy_id", "next_due_at", "id") WHERE (is_open);

CREATE INDEX "ticket_open_due_place_idx" ON "ticket"("policy_id", "branch_id", "next_due_at", "id") WHERE (is_open);

CREATE INDEX "ticket_open_opened_line_idx" ON "ticket"("policy_id", "opened_at", "id") WHERE (is_open);

CREATE INDEX "ticket_open_opened_place_idx" ON "ticket"("policy_id", "branch_id", "opened_at", "id") WHERE (is_open);

CREATE INDEX "ticket_open_tier_line_idx" ON "ticket"("policy_id", "tier_rank", "id") WHERE (is_open);

CREATE INDEX "ticket_open_tier_place_idx" ON "ticket"("policy_id", "branch_id", "tier_rank", "id") WHERE (is_open);

CREATE INDEX "ticket_open_level_line_idx" ON "ticket"("policy_id", "level", "id") WHERE (is_open);

CREATE INDEX "ticket_open_level_place_idx" ON "ticket"("policy_id", "branch_id", "level", "id") WHERE (is_open);

CREATE INDEX "ticket_policy_id_sla_state_next_due_at_id_idx" ON "ticket"("policy_id", "sla_state", "next_due_at", "id");

CREATE INDEX "ticket_policy_id_branch_id_sla_state_next_due_at_id_idx" ON "ticket"("policy_id", "branch_id", "sla_state", "next_due_at", "id");
