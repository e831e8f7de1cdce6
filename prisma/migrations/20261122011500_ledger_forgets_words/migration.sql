-- The ledger is append-only. The one change that an entry takes is that its words go, when its customer is erased.
CREATE OR REPLACE FUNCTION "budget_entry_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.purpose IS NULL AND to_jsonb(NEW) - 'purpose' = to_jsonb(OLD) - 'purpose' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'budget_entry is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
