-- By what a token of an identity provider names a person, beside our own id and the staff number.
ALTER TABLE "staff" ADD COLUMN     "email" TEXT,
ADD COLUMN     "external_id" TEXT;

-- AlterTable
ALTER TABLE "branch" ADD COLUMN     "closed_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE UNIQUE INDEX "staff_external_id_key" ON "staff"("external_id");

-- CreateIndex
CREATE UNIQUE INDEX "staff_email_key" ON "staff"("email");
