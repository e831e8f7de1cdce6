-- Nothing is written about a customer who was erased (decision 0023), whichever way it comes: a command that was under way when
-- the file was erased, a job, an import. The lock is the one that foreign keys take; erasing waits for it.
CREATE FUNCTION "refuse_erased"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM (
    SELECT c."erased_at" FROM "customer" c WHERE c."id" IN (SELECT "customer_id" FROM written) FOR KEY SHARE
  ) about WHERE about."erased_at" IS NOT NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the customer was erased' USING ERRCODE = 'TLERA';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER "annual_list_entry_insert_erased" AFTER INSERT ON "annual_list_entry"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "application_insert_erased" AFTER INSERT ON "application"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "approval_insert_erased" AFTER INSERT ON "approval"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "assessment_insert_erased" AFTER INSERT ON "assessment"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "consent_decision_insert_erased" AFTER INSERT ON "consent_decision"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "contact_insert_erased" AFTER INSERT ON "contact"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "contract_insert_erased" AFTER INSERT ON "contract"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "current_figure_insert_erased" AFTER INSERT ON "current_figure"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "disclosure_insert_erased" AFTER INSERT ON "disclosure"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "figure_insert_erased" AFTER INSERT ON "figure"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "grade_insert_erased" AFTER INSERT ON "grade"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "interaction_insert_erased" AFTER INSERT ON "interaction"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "maintenance_plan_insert_erased" AFTER INSERT ON "maintenance_plan"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "message_insert_erased" AFTER INSERT ON "message"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "survey_response_insert_erased" AFTER INSERT ON "survey_response"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "task_insert_erased" AFTER INSERT ON "task"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "ticket_insert_erased" AFTER INSERT ON "ticket"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "vip_card_insert_erased" AFTER INSERT ON "vip_card"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "application_update_erased" AFTER UPDATE ON "application"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "contact_update_erased" AFTER UPDATE ON "contact"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "contract_update_erased" AFTER UPDATE ON "contract"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "maintenance_plan_update_erased" AFTER UPDATE ON "maintenance_plan"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "task_update_erased" AFTER UPDATE ON "task"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "ticket_update_erased" AFTER UPDATE ON "ticket"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

CREATE TRIGGER "vip_card_update_erased" AFTER UPDATE ON "vip_card"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();
