-- AlterTable
ALTER TABLE "subject_clock" ADD COLUMN     "time_zone" TEXT;

-- What was promised before counts in the zone of the business lines so far.
UPDATE "subject_clock" SET "time_zone" = 'Asia/Shanghai';

-- AlterTable
ALTER TABLE "subject_clock" ALTER COLUMN "time_zone" SET NOT NULL;
