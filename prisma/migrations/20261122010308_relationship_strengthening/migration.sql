-- AlterTable
ALTER TABLE "contact" ADD COLUMN     "remarks" TEXT,
ADD COLUMN     "responsible_id" UUID,
ADD COLUMN     "strengthen_by" DATE,
ADD COLUMN     "strengthening" TEXT;
