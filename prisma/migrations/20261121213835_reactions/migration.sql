-- AlterTable
ALTER TABLE "alert" ADD COLUMN     "awaits_reaction" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "alert_awaiting_reaction_idx" ON "alert"("id") WHERE (awaits_reaction);
