-- CreateEnum
CREATE TYPE "VipCardKind" AS ENUM ('PHYSICAL', 'ELECTRONIC', 'SIM');

-- CreateEnum
CREATE TYPE "VipCardState" AS ENUM ('REQUESTED', 'IN_PRODUCTION', 'COUNTY_STOCK', 'OUTLET_STOCK', 'CUSTOMER_NOTIFIED', 'OPENED', 'CLOSED');

-- AlterTable
ALTER TABLE "grade" ADD COLUMN     "ends_at" TIMESTAMPTZ(3),
ADD COLUMN     "scheduled" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "annual_list_entry" (
    "scheme_id" TEXT NOT NULL,
    "year" INTEGER NOT NULL,
    "customer_id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "tier_code" TEXT NOT NULL,
    "by_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "annual_list_entry_pkey" PRIMARY KEY ("scheme_id","year","customer_id")
);

-- CreateTable
CREATE TABLE "vip_card" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "tier_code" TEXT NOT NULL,
    "kind" "VipCardKind" NOT NULL,
    "state" "VipCardState" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "vip_card_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "annual_list_entry_customer_id_idx" ON "annual_list_entry"("customer_id");

-- CreateIndex
CREATE INDEX "vip_card_customer_id_idx" ON "vip_card"("customer_id");

-- CreateIndex
CREATE INDEX "grade_scheduled_idx" ON "grade"("since") WHERE (scheduled);

-- CreateIndex
CREATE INDEX "grade_ends_at_idx" ON "grade"("ends_at") WHERE (ends_at IS NOT NULL AND state <> 'ENDED');

-- AddForeignKey
ALTER TABLE "annual_list_entry" ADD CONSTRAINT "annual_list_entry_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "vip_card" ADD CONSTRAINT "vip_card_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
