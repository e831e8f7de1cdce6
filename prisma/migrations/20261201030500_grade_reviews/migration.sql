-- AlterTable
ALTER TABLE "grade" ADD COLUMN     "review_at" TIMESTAMPTZ(3);

-- Reviews that are to come; those whose day has passed are told of when the server starts.
UPDATE "grade" SET "review_at" = "review_due_on"::timestamp AT TIME ZONE 'Asia/Shanghai'
WHERE "review_due_on" IS NOT NULL AND "state" <> 'ENDED';

-- CreateIndex
CREATE INDEX "grade_review_at_idx" ON "grade"("review_at") WHERE (review_at IS NOT NULL AND state <> 'ENDED');
