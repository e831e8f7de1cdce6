-- AlterTable
ALTER TABLE "alert" ADD COLUMN     "as_raised" JSONB;
