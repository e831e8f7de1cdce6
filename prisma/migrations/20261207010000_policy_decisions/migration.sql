-- What policies were asked and answered, so that it can be explained, asked again and compared. Nothing of it names a customer;
-- it is kept for a while, and what it came to for good.
CREATE TABLE "policy_decision" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "policy_version" TEXT NOT NULL,
    "plugin_hash" TEXT,
    "question" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "decided_by" TEXT,
    "decided_version" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "took" INTEGER NOT NULL,
    "sampled" BOOLEAN NOT NULL DEFAULT false,
    "facts" JSONB NOT NULL,
    "answer" JSONB,
    "because" JSONB,
    "detail" TEXT,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "written" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,

    CONSTRAINT "policy_decision_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "policy_decision_policy_id_at_id_idx" ON "policy_decision"("policy_id", "at" DESC, "id" DESC);
CREATE INDEX "policy_decision_policy_id_question_outcome_at_id_idx" ON "policy_decision"("policy_id", "question", "outcome", "at" DESC, "id" DESC);
CREATE INDEX "policy_decision_recorded_at_idx" ON "policy_decision" USING BRIN ("recorded_at");
CREATE INDEX "policy_decision_written_idx" ON "policy_decision" USING BRIN ("written");

-- Who names the decision by which it came about.
ALTER TABLE "audit_entry" ADD COLUMN "decision_ids" UUID[] DEFAULT ARRAY[]::UUID[];
ALTER TABLE "sla_clock" ADD COLUMN "decision_id" UUID;
ALTER TABLE "assessment" ADD COLUMN "decision_id" UUID;
ALTER TABLE "approval" ADD COLUMN "decision_id" UUID;
