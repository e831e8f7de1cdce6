-- Rehearsals (decision 0092). While "tierline.rehearsing" is on, what is written is told to the table that the rehearsal made for
-- itself, and numbers are not taken from sequences, which no rollback gives back. Both cost nothing but a look at the setting
-- otherwise.

CREATE FUNCTION "tell_rehearsal"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pg_temp."rehearsed_row" ("table", "before", "after") VALUES (
    TG_TABLE_NAME,
    CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END,
    CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END
  );
  RETURN NULL;
END
$$;

-- All but the platform's own books: the audit trail, keys that are done once, what policies said, counts, leases, and the
-- contents of files, which go with what is told of the file.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'alert', 'alert_climb', 'alert_update', 'annual_list_entry', 'application', 'approval', 'approval_step',
    'assessment', 'attachment', 'authority_limit', 'branch', 'budget_account', 'budget_entry', 'calendar_version', 'care_run',
    'consent_decision', 'contact', 'contract', 'current_figure', 'customer', 'delegation', 'disclosure', 'dispute',
    'figure', 'grade', 'grading_run', 'improvement_measure', 'interaction', 'maintenance_plan', 'meeting', 'message',
    'period_report', 'plan_measure', 'plan_version', 'policy_application', 'policy_record', 'policy_record_step',
    'policy_record_version', 'policy_setting', 'policy_shadow', 'policy_shadow_count', 'policy_shadow_difference',
    'resolution', 'resolution_explanation', 'rota_shift', 'service_sample', 'sla_clock', 'staff', 'staff_target',
    'stored_file', 'subject_clock', 'survey_response', 'task', 'ticket', 'ticket_event', 'ticket_link', 'unsaid_reaction',
    'vip_card'
  ] LOOP
    EXECUTE format(
      'CREATE TRIGGER "tells_rehearsal" AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW '
      'WHEN (current_setting(''tierline.rehearsing'', true) = ''on'') EXECUTE FUNCTION "tell_rehearsal"()',
      name
    );
  END LOOP;
END
$$;

-- In a rehearsal a number that nobody has, for the row goes again before anybody reads it.
CREATE FUNCTION "next_number"("sequence" regclass) RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT CASE WHEN current_setting('tierline.rehearsing', true) = 'on' THEN 2000000000 + floor(random() * 100000000)::bigint
    ELSE nextval("sequence") END
$$;

ALTER TABLE "ticket" ALTER COLUMN "serial" SET DEFAULT "next_number"('ticket_serial_seq'::regclass);
ALTER TABLE "ticket_count" ALTER COLUMN "id" SET DEFAULT "next_number"('ticket_count_id_seq'::regclass);
ALTER TABLE "alert_update" ALTER COLUMN "id" SET DEFAULT "next_number"('alert_update_id_seq'::regclass);
