-- DropIndex
DROP INDEX "sla_clock_policy_id_branch_id_state_metric_idx";

-- DropIndex
DROP INDEX "ticket_next_due_at_id_idx";

-- DropIndex
DROP INDEX "ticket_sla_state_next_due_at_id_idx";

-- CreateIndex
CREATE INDEX "sla_clock_ended_idx" ON "sla_clock"("policy_id", "branch_id", "metric", "state", "due_at", "counted_ms", "fulfilled_at") WHERE (state = 'FULFILLED' OR state = 'BREACHED');

-- CreateIndex
CREATE INDEX "ticket_next_due_at_id_idx" ON "ticket"("next_due_at", "id");

-- CreateIndex
CREATE INDEX "ticket_sla_state_next_due_at_id_idx" ON "ticket"("sla_state", "next_due_at", "id");

-- CreateIndex
CREATE INDEX "ticket_open_summary_idx" ON "ticket"("policy_id", "branch_id", "tier_code", "tier_rank", "sla_state", "status") WHERE (status <> 'CLOSED');
