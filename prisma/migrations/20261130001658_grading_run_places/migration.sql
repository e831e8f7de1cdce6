-- AlterTable
ALTER TABLE "grading_run" ADD COLUMN     "branch_id" UUID,
ADD COLUMN     "branch_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "proposed" INTEGER NOT NULL DEFAULT 0;
