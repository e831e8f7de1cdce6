-- A candidate that is asked what the policy in force is asked, and where it decides otherwise.
CREATE TABLE "policy_shadow" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "parameters" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "started_by_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "began" TEXT NOT NULL,
    "written" BIGINT NOT NULL,
    "decision_id" UUID NOT NULL,
    "asked" INTEGER NOT NULL DEFAULT 0,
    "different" INTEGER NOT NULL DEFAULT 0,
    "dropped" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "policy_shadow_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "policy_shadow_count" (
    "shadow_id" UUID NOT NULL,
    "question" TEXT NOT NULL,
    "tier" TEXT NOT NULL,
    "asked" INTEGER NOT NULL,
    "different" INTEGER NOT NULL,

    CONSTRAINT "policy_shadow_count_pkey" PRIMARY KEY ("shadow_id", "question", "tier")
);

CREATE TABLE "policy_shadow_difference" (
    "id" UUID NOT NULL,
    "shadow_id" UUID NOT NULL,
    "decision_id" UUID NOT NULL,
    "question" TEXT NOT NULL,
    "tier" TEXT NOT NULL,
    "before_outcome" TEXT NOT NULL,
    "before_answer" JSONB,
    "outcome" TEXT NOT NULL,
    "answer" JSONB,
    "because" JSONB,
    "detail" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "policy_shadow_difference_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "policy_shadow_policy_id_started_at_idx" ON "policy_shadow"("policy_id", "started_at" DESC);
CREATE UNIQUE INDEX "policy_shadow_running_idx" ON "policy_shadow"("policy_id") WHERE (state = 'RUNNING'::text);
CREATE INDEX "policy_shadow_difference_shadow_id_id_idx" ON "policy_shadow_difference"("shadow_id", "id" DESC);

ALTER TABLE "policy_shadow" ADD CONSTRAINT "policy_shadow_started_by_id_fkey" FOREIGN KEY ("started_by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "policy_shadow_count" ADD CONSTRAINT "policy_shadow_count_shadow_id_fkey" FOREIGN KEY ("shadow_id") REFERENCES "policy_shadow"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "policy_shadow_difference" ADD CONSTRAINT "policy_shadow_difference_shadow_id_fkey" FOREIGN KEY ("shadow_id") REFERENCES "policy_shadow"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
