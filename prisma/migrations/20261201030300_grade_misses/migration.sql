-- AlterTable
ALTER TABLE "grade" ADD COLUMN     "missed_on" DATE;
