-- CreateEnum
CREATE TYPE "ApplicationOfPolicyState" AS ENUM ('RUNNING', 'COMPLETED', 'FAILED');

-- CreateTable
CREATE TABLE "lease" (
    "name" TEXT NOT NULL,
    "holder" UUID NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "lease_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "policy_application" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "by_id" UUID NOT NULL,
    "branch_id" UUID NOT NULL,
    "state" "ApplicationOfPolicyState" NOT NULL,
    "cursor" UUID,
    "open" INTEGER NOT NULL DEFAULT 0,
    "deadlines_moved" INTEGER NOT NULL DEFAULT 0,
    "breaches_created" INTEGER NOT NULL DEFAULT 0,
    "breaches_avoided" INTEGER NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "policy_application_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "policy_application_policy_id_started_at_idx" ON "policy_application"("policy_id", "started_at");
