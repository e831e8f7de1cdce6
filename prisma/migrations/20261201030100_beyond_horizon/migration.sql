-- AlterTable
ALTER TABLE "sla_clock" ADD COLUMN     "beyond_horizon" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "subject_clock" ADD COLUMN     "beyond_horizon" BOOLEAN NOT NULL DEFAULT false;
