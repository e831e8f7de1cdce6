-- AlterTable
ALTER TABLE "consent_decision" ADD COLUMN     "disclosure" BOOLEAN;

-- AlterTable
ALTER TABLE "customer" ADD COLUMN     "erased_at" TIMESTAMPTZ(3),
ADD COLUMN     "may_disclose" BOOLEAN;

-- CreateTable
CREATE TABLE "contract" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "content_sealed" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "filed_by_id" UUID NOT NULL,
    "filed_at" TIMESTAMPTZ(3) NOT NULL,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "contract_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "disclosure" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "recipient" TEXT NOT NULL,
    "items" TEXT[],
    "purpose" TEXT NOT NULL,
    "legal_basis" TEXT,
    "by_id" UUID NOT NULL,
    "disclosed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "disclosure_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "service_sample" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "quarter" TEXT NOT NULL,
    "population" INTEGER NOT NULL,
    "interaction_ids" UUID[],
    "drawn_by_id" UUID NOT NULL,
    "drawn_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "service_sample_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "contract_customer_id_filed_at_id_idx" ON "contract"("customer_id", "filed_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "contract_policy_id_name_key" ON "contract"("policy_id", "name");

-- CreateIndex
CREATE INDEX "disclosure_customer_id_disclosed_at_id_idx" ON "disclosure"("customer_id", "disclosed_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "service_sample_policy_id_quarter_idx" ON "service_sample"("policy_id", "quarter");

-- AddForeignKey
ALTER TABLE "contract" ADD CONSTRAINT "contract_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contract" ADD CONSTRAINT "contract_filed_by_id_fkey" FOREIGN KEY ("filed_by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "disclosure" ADD CONSTRAINT "disclosure_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "disclosure" ADD CONSTRAINT "disclosure_by_id_fkey" FOREIGN KEY ("by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "service_sample" ADD CONSTRAINT "service_sample_drawn_by_id_fkey" FOREIGN KEY ("drawn_by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
