-- CreateEnum
CREATE TYPE "MessageState" AS ENUM ('QUEUED', 'SENDING', 'SENT', 'FAILED', 'CANCELLED');

-- AlterTable
ALTER TABLE "customer" ADD COLUMN     "archived_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "interaction" ADD COLUMN     "details" JSONB,
ADD COLUMN     "message_id" UUID;

-- AlterTable
ALTER TABLE "task" ADD COLUMN     "duty_code" TEXT,
ADD COLUMN     "met_by" JSONB,
ADD COLUMN     "period_from" DATE,
ADD COLUMN     "period_to" DATE,
ADD COLUMN     "planned_on" DATE,
ADD COLUMN     "record" JSONB;

-- CreateTable
CREATE TABLE "care_run" (
    "policy_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "cursor" UUID,
    "lease_by" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "customers" INTEGER NOT NULL DEFAULT 0,
    "opened" INTEGER NOT NULL DEFAULT 0,
    "closed" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "care_run_pkey" PRIMARY KEY ("policy_id","day")
);

-- CreateTable
CREATE TABLE "message" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "purpose" "Purpose" NOT NULL,
    "channel" "Channel" NOT NULL,
    "body" TEXT NOT NULL,
    "state" "MessageState" NOT NULL,
    "by_id" UUID NOT NULL,
    "task_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),
    "reference" TEXT,
    "problem" TEXT,

    CONSTRAINT "message_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "message_customer_id_created_at_id_idx" ON "message"("customer_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "message_next_attempt_at_idx" ON "message"("next_attempt_at") WHERE (next_attempt_at IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "interaction_message_id_key" ON "interaction"("message_id");

-- CreateIndex
CREATE INDEX "task_duty_idx" ON "task"("policy_id", "duty_code", "period_from") WHERE (duty_code IS NOT NULL);

-- AddForeignKey
ALTER TABLE "interaction" ADD CONSTRAINT "interaction_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "message"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_by_id_fkey" FOREIGN KEY ("by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
