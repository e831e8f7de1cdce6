-- AlterTable
ALTER TABLE "task" ADD COLUMN     "resolution_id" UUID;

-- CreateIndex
CREATE INDEX "task_resolution_id_idx" ON "task"("resolution_id") WHERE (resolution_id IS NOT NULL);

-- AddForeignKey
ALTER TABLE "task" ADD CONSTRAINT "task_resolution_id_fkey" FOREIGN KEY ("resolution_id") REFERENCES "resolution"("id") ON DELETE SET NULL ON UPDATE CASCADE;
