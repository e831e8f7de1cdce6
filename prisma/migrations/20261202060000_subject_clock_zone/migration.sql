-- What was promised before, and what nodes of the version before promise, counts in the zone of the business lines so far.
-- AlterTable
ALTER TABLE "subject_clock" ADD COLUMN     "time_zone" TEXT NOT NULL DEFAULT 'Asia/Shanghai';
