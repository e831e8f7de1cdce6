-- CreateEnum
CREATE TYPE "ResolutionState" AS ENUM ('OPEN', 'DONE');

-- CreateEnum
CREATE TYPE "DisputeStage" AS ENUM ('OPEN', 'MEDIATION', 'ARBITRATION', 'SETTLED');

-- AlterTable
ALTER TABLE "improvement_measure" ADD COLUMN     "closed_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "meeting" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "held_at" TIMESTAMPTZ(3) NOT NULL,
    "agenda" TEXT NOT NULL,
    "attendee_ids" UUID[],
    "attended_by" "Role"[],
    "recording" TEXT,
    "results" TEXT,
    "actions" TEXT,
    "minutes_due_at" TIMESTAMPTZ(3),
    "minutes_at" TIMESTAMPTZ(3),
    "held_by_id" UUID NOT NULL,

    CONSTRAINT "meeting_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "resolution" (
    "id" UUID NOT NULL,
    "meeting_id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "owner_id" UUID,
    "assigned_at" TIMESTAMPTZ(3),
    "due_on" DATE,
    "state" "ResolutionState" NOT NULL,
    "outcome" TEXT,
    "done_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "resolution_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "resolution_explanation" (
    "resolution_id" UUID NOT NULL,
    "meeting_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "by_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "resolution_explanation_pkey" PRIMARY KEY ("resolution_id","meeting_id")
);

-- CreateTable
CREATE TABLE "dispute" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "parties" TEXT NOT NULL,
    "stage" "DisputeStage" NOT NULL,
    "opened_by_id" UUID NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "mediator" TEXT,
    "witness" TEXT,
    "result" TEXT,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "dispute_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "period_report" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "month" DATE NOT NULL,
    "summary" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "late" BOOLEAN NOT NULL,
    "filed_by_id" UUID NOT NULL,
    "filed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "period_report_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "staff_target" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "staff_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "year" INTEGER NOT NULL,
    "value" DECIMAL(24,6) NOT NULL,
    "set_by_id" UUID NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "staff_target_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "meeting_policy_id_branch_id_kind_held_at_idx" ON "meeting"("policy_id", "branch_id", "kind", "held_at");

-- CreateIndex
CREATE INDEX "resolution_meeting_id_idx" ON "resolution"("meeting_id");

-- CreateIndex
CREATE INDEX "resolution_policy_id_branch_id_state_idx" ON "resolution"("policy_id", "branch_id", "state");

-- CreateIndex
CREATE INDEX "dispute_policy_id_branch_id_stage_idx" ON "dispute"("policy_id", "branch_id", "stage");

-- CreateIndex
CREATE UNIQUE INDEX "period_report_policy_id_branch_id_kind_month_key" ON "period_report"("policy_id", "branch_id", "kind", "month");

-- CreateIndex
CREATE INDEX "staff_target_policy_id_branch_id_year_idx" ON "staff_target"("policy_id", "branch_id", "year");

-- CreateIndex
CREATE UNIQUE INDEX "staff_target_policy_id_staff_id_key_year_key" ON "staff_target"("policy_id", "staff_id", "key", "year");

-- AddForeignKey
ALTER TABLE "resolution" ADD CONSTRAINT "resolution_meeting_id_fkey" FOREIGN KEY ("meeting_id") REFERENCES "meeting"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resolution" ADD CONSTRAINT "resolution_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resolution_explanation" ADD CONSTRAINT "resolution_explanation_resolution_id_fkey" FOREIGN KEY ("resolution_id") REFERENCES "resolution"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resolution_explanation" ADD CONSTRAINT "resolution_explanation_meeting_id_fkey" FOREIGN KEY ("meeting_id") REFERENCES "meeting"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "period_report" ADD CONSTRAINT "period_report_filed_by_id_fkey" FOREIGN KEY ("filed_by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "staff_target" ADD CONSTRAINT "staff_target_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
