-- AlterTable
ALTER TABLE "task" ADD COLUMN     "in_time_until" TIMESTAMPTZ(3);

-- What is due at the end of a day (23:59:59) is done in time until the next day begins; anything else at its due instant.
UPDATE "task" SET "in_time_until" = "due_at"
  + CASE WHEN date_trunc('minute', "due_at") + interval '59 seconds' = "due_at" THEN interval '999 milliseconds' ELSE interval '0' END
WHERE "duty_code" IS NOT NULL;
