-- CreateEnum
CREATE TYPE "ApplicationState" AS ENUM ('PENDING', 'APPROVED', 'RETURNED', 'REJECTED');

-- CreateEnum
CREATE TYPE "BudgetEntryKind" AS ENUM ('ALLOCATE', 'RESERVE', 'CONSUME', 'RELEASE');

-- AlterTable
ALTER TABLE "approval" ADD COLUMN     "cumulated" DECIMAL(20,2),
ADD COLUMN     "emergency" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "plan_id" UUID;

-- AlterTable
ALTER TABLE "approval_step" ADD COLUMN     "on_behalf_of_id" UUID,
ADD COLUMN     "within" JSONB;

-- AlterTable
ALTER TABLE "maintenance_plan" ADD COLUMN     "confirmed" BOOLEAN,
ADD COLUMN     "confirmed_at" TIMESTAMPTZ(3),
ADD COLUMN     "evidence" TEXT,
ADD COLUMN     "improvement" TEXT,
ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'MAINTENANCE',
ADD COLUMN     "parts" TEXT[],
ADD COLUMN     "reserved" DECIMAL(20,2) NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "task" ADD COLUMN     "lead_role" "Role",
ADD COLUMN     "milestone" TEXT;

-- CreateTable
CREATE TABLE "plan_version" (
    "id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "content" JSONB NOT NULL,
    "submitted_by_id" UUID NOT NULL,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL,
    "decision" "Decision",
    "comment" TEXT,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "plan_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subject_clock" (
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "customer_id" UUID,
    "tier_rank" INTEGER,
    "approval_id" UUID,
    "assignee_id" UUID,
    "alert_kind" "AlertKind" NOT NULL,
    "label" JSONB NOT NULL,
    "state" "ClockState" NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "at_risk" BOOLEAN NOT NULL DEFAULT false,
    "fire_at" TIMESTAMPTZ(3)[],
    "fire_percent" DOUBLE PRECISION[],
    "next_fire_at" TIMESTAMPTZ(3),
    "calendar_key" TEXT NOT NULL,
    "audience" "Role"[],
    "policy_version" TEXT NOT NULL,

    CONSTRAINT "subject_clock_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "application" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "customer_id" UUID,
    "plan_id" UUID,
    "fields" JSONB NOT NULL,
    "amount" DECIMAL(20,2),
    "currency" TEXT,
    "reason" TEXT NOT NULL,
    "emergency" BOOLEAN NOT NULL,
    "state" "ApplicationState" NOT NULL,
    "approval_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "submitted_by_id" UUID NOT NULL,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL,
    "carried_out_at" TIMESTAMPTZ(3),

    CONSTRAINT "application_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delegation" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "from_id" UUID NOT NULL,
    "to_id" UUID NOT NULL,
    "role" "Role" NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "valid_until" TIMESTAMPTZ(3) NOT NULL,
    "written_record" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "delegation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "authority_limit" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "role" "Role" NOT NULL,
    "up_to" DECIMAL(20,2),
    "currency" TEXT NOT NULL,
    "valid_from" DATE NOT NULL,
    "written_record" TEXT NOT NULL,
    "announced_on" DATE,
    "trained_on" DATE,
    "approval_id" UUID NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "authority_limit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "budget_account" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "year" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    "allocated" DECIMAL(20,2) NOT NULL,
    "reserved" DECIMAL(20,2) NOT NULL DEFAULT 0,
    "spent" DECIMAL(20,2) NOT NULL DEFAULT 0,

    CONSTRAINT "budget_account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "budget_entry" (
    "id" UUID NOT NULL,
    "account_id" UUID,
    "plan_id" UUID,
    "measure_id" UUID,
    "application_id" UUID,
    "kind" "BudgetEntryKind" NOT NULL,
    "amount" DECIMAL(20,2) NOT NULL,
    "currency" TEXT NOT NULL,
    "purpose" TEXT,
    "by_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "budget_entry_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "plan_version_plan_id_version_key" ON "plan_version"("plan_id", "version");

-- CreateIndex
CREATE UNIQUE INDEX "subject_clock_key_key" ON "subject_clock"("key");

-- CreateIndex
CREATE INDEX "subject_clock_next_fire_at_idx" ON "subject_clock"("next_fire_at") WHERE (next_fire_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "subject_clock_subject_id_idx" ON "subject_clock"("subject_id");

-- CreateIndex
CREATE INDEX "subject_clock_approval_id_idx" ON "subject_clock"("approval_id");

-- CreateIndex
CREATE INDEX "application_policy_id_branch_id_submitted_at_idx" ON "application"("policy_id", "branch_id", "submitted_at");

-- CreateIndex
CREATE INDEX "application_customer_id_idx" ON "application"("customer_id");

-- CreateIndex
CREATE INDEX "application_plan_id_idx" ON "application"("plan_id");

-- CreateIndex
CREATE INDEX "application_approval_id_idx" ON "application"("approval_id");

-- CreateIndex
CREATE INDEX "delegation_to_id_valid_until_idx" ON "delegation"("to_id", "valid_until");

-- CreateIndex
CREATE INDEX "delegation_policy_id_branch_id_idx" ON "delegation"("policy_id", "branch_id");

-- CreateIndex
CREATE INDEX "authority_limit_policy_id_kind_role_valid_from_idx" ON "authority_limit"("policy_id", "kind", "role", "valid_from");

-- CreateIndex
CREATE UNIQUE INDEX "budget_account_policy_id_branch_id_year_currency_key" ON "budget_account"("policy_id", "branch_id", "year", "currency");

-- CreateIndex
CREATE INDEX "budget_entry_plan_id_at_idx" ON "budget_entry"("plan_id", "at");

-- CreateIndex
CREATE INDEX "budget_entry_account_id_at_idx" ON "budget_entry"("account_id", "at");

-- CreateIndex
CREATE INDEX "budget_entry_application_id_idx" ON "budget_entry"("application_id");

-- CreateIndex
CREATE INDEX "approval_plan_id_kind_idx" ON "approval"("plan_id", "kind") WHERE (plan_id IS NOT NULL);

-- AddForeignKey
ALTER TABLE "plan_version" ADD CONSTRAINT "plan_version_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "maintenance_plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subject_clock" ADD CONSTRAINT "subject_clock_approval_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "approval"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "application" ADD CONSTRAINT "application_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "application" ADD CONSTRAINT "application_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "maintenance_plan"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "application" ADD CONSTRAINT "application_approval_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "approval"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "application" ADD CONSTRAINT "application_submitted_by_id_fkey" FOREIGN KEY ("submitted_by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delegation" ADD CONSTRAINT "delegation_from_id_fkey" FOREIGN KEY ("from_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delegation" ADD CONSTRAINT "delegation_to_id_fkey" FOREIGN KEY ("to_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "budget_entry" ADD CONSTRAINT "budget_entry_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "budget_account"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "budget_entry" ADD CONSTRAINT "budget_entry_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "maintenance_plan"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "budget_entry" ADD CONSTRAINT "budget_entry_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "budget_entry" ADD CONSTRAINT "budget_entry_by_id_fkey" FOREIGN KEY ("by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Money is never given out twice, whoever writes: what is available, reserved and spent stays at or above zero.
ALTER TABLE "budget_account" ADD CONSTRAINT "budget_account_covers"
  CHECK ("reserved" >= 0 AND "spent" >= 0 AND "allocated" - "reserved" - "spent" >= 0);
ALTER TABLE "maintenance_plan" ADD CONSTRAINT "maintenance_plan_reserve_covers" CHECK ("reserved" >= 0);

-- The ledger is append-only.
CREATE FUNCTION "budget_entry_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'budget_entry is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER "budget_entry_keeps_rows" BEFORE UPDATE OR DELETE ON "budget_entry"
  FOR EACH ROW EXECUTE FUNCTION "budget_entry_append_only"();

CREATE TRIGGER "budget_entry_keeps_table" BEFORE TRUNCATE ON "budget_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "budget_entry_append_only"();
