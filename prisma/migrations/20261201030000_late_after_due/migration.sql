-- A duty is late at its due instant, when it is missing; what was done then was both.
UPDATE "task" SET "in_time_until" = "due_at" - interval '1 millisecond' WHERE "in_time_until" = "due_at";

-- A promise that is kept at its due instant is kept, so nobody is told of a breach at it: the moments that are stored move from the
-- due instant to the first late one, a millisecond on, or to the next day where it is a day's last second.
UPDATE "sla_clock" SET
  "fire_at" = "fire_at"[:cardinality("fire_at") - 1] || l."from",
  "next_fire_at" = CASE WHEN "next_fire_at" = "due_at" THEN l."from" ELSE "next_fire_at" END
FROM (
  SELECT "id", "due_at" + CASE WHEN extract(epoch FROM "due_at")::numeric % 900 = 899 THEN interval '1 second' ELSE interval '1 millisecond' END AS "from"
  FROM "sla_clock" WHERE "next_fire_at" IS NOT NULL
) l
WHERE l."id" = "sla_clock"."id" AND "fire_at"[cardinality("fire_at")] = "due_at";

UPDATE "subject_clock" SET
  "fire_at" = "fire_at"[:cardinality("fire_at") - 1] || l."from",
  "next_fire_at" = CASE WHEN "next_fire_at" = "due_at" THEN l."from" ELSE "next_fire_at" END
FROM (
  SELECT "id", "due_at" + CASE WHEN extract(epoch FROM "due_at")::numeric % 900 = 899 THEN interval '1 second' ELSE interval '1 millisecond' END AS "from"
  FROM "subject_clock" WHERE "next_fire_at" IS NOT NULL
) l
WHERE l."id" = "subject_clock"."id" AND "fire_at"[cardinality("fire_at")] = "due_at";

-- A clock is counted in the period in which it first fell due, also where another level was due later.
DROP INDEX "sla_clock_ended_idx";

-- CreateIndex
CREATE INDEX "sla_clock_ended_idx" ON "sla_clock"("policy_id", "branch_id", "metric", "state", "due_at", "counted_ms", "fulfilled_at", "breached_at") WHERE (state = 'FULFILLED' OR state = 'BREACHED');
