-- CreateTable
CREATE TABLE "unsaid_reaction" (
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "policy_id" TEXT NOT NULL,
    "policy_version" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "customer_id" UUID,
    "ticket_id" UUID,
    "assignee_id" UUID,
    "occasion" TEXT NOT NULL,
    "event" JSONB NOT NULL,
    "ticket" JSONB,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "unsaid_reaction_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "unsaid_reaction_key_key" ON "unsaid_reaction"("key");

-- CreateIndex
CREATE INDEX "unsaid_reaction_policy_id_next_try_at_idx" ON "unsaid_reaction"("policy_id", "next_try_at");

-- CreateIndex
CREATE INDEX "unsaid_reaction_customer_id_idx" ON "unsaid_reaction"("customer_id");
