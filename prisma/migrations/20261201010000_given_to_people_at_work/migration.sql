-- Tasks and tickets that come about by themselves are given to a customer's manager, a plan's owner or whoever had the ticket. Where
-- that person left meanwhile, or works in the line no more, nobody has them, and they show as that: a task of somebody who is gone
-- would wait unseen. Commands and imports refuse such people by name (decision 0024).
CREATE FUNCTION "only_people_at_work"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM "staff" s JOIN "branch" b ON b."id" = s."branch_id"
  WHERE s."id" = NEW."assignee_id" AND s."active" AND NEW."policy_id" = ANY(b."policy_ids");
  IF NOT FOUND THEN
    NEW."assignee_id" := NULL;
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER "task_insert_assignee" BEFORE INSERT ON "task"
  FOR EACH ROW WHEN (NEW."assignee_id" IS NOT NULL) EXECUTE FUNCTION "only_people_at_work"();

CREATE TRIGGER "task_update_assignee" BEFORE UPDATE OF "assignee_id" ON "task"
  FOR EACH ROW WHEN (NEW."assignee_id" IS NOT NULL AND NEW."assignee_id" IS DISTINCT FROM OLD."assignee_id")
  EXECUTE FUNCTION "only_people_at_work"();

CREATE TRIGGER "ticket_insert_assignee" BEFORE INSERT ON "ticket"
  FOR EACH ROW WHEN (NEW."assignee_id" IS NOT NULL AND NEW."closed_at" IS NULL)
  EXECUTE FUNCTION "only_people_at_work"();
