-- Files: what is in them, sealed in pieces, and what they belong to (decision 0075).
CREATE TABLE "stored_file" (
    "id" UUID NOT NULL,
    "media_type" TEXT NOT NULL,
    "extension" TEXT NOT NULL,
    "size" INTEGER NOT NULL DEFAULT 0,
    "piece_count" INTEGER NOT NULL DEFAULT 0,
    "uploaded_by_id" UUID NOT NULL,
    "uploaded_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "stored_file_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "stored_file_piece" (
    "file_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "stored_file_piece_pkey" PRIMARY KEY ("file_id","position")
);

CREATE TABLE "attachment" (
    "id" UUID NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "customer_id" UUID,
    "ticket_id" UUID,
    "plan_id" UUID,
    "record_id" UUID,
    "contract_id" UUID,
    "name" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "attached_by_id" UUID NOT NULL,
    "attached_at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3),
    "removed_by_id" UUID,
    "removal_reason" TEXT,

    CONSTRAINT "attachment_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "stored_file_uploaded_by_id_idx" ON "stored_file"("uploaded_by_id");
CREATE INDEX "stored_file_uploaded_at_idx" ON "stored_file"("uploaded_at");
CREATE INDEX "attachment_customer_id_idx" ON "attachment"("customer_id");
CREATE INDEX "attachment_ticket_id_attached_at_id_idx" ON "attachment"("ticket_id", "attached_at", "id");
CREATE INDEX "attachment_plan_id_attached_at_id_idx" ON "attachment"("plan_id", "attached_at", "id");
CREATE INDEX "attachment_record_id_attached_at_id_idx" ON "attachment"("record_id", "attached_at", "id");
CREATE INDEX "attachment_contract_id_attached_at_id_idx" ON "attachment"("contract_id", "attached_at", "id");
ALTER TABLE "stored_file" ADD CONSTRAINT "stored_file_uploaded_by_id_fkey" FOREIGN KEY ("uploaded_by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "stored_file_piece" ADD CONSTRAINT "stored_file_piece_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "stored_file"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_id_fkey" FOREIGN KEY ("id") REFERENCES "stored_file"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_ticket_id_fkey" FOREIGN KEY ("ticket_id") REFERENCES "ticket"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "maintenance_plan"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_record_id_fkey" FOREIGN KEY ("record_id") REFERENCES "policy_record"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_attached_by_id_fkey" FOREIGN KEY ("attached_by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_removed_by_id_fkey" FOREIGN KEY ("removed_by_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Of the four things that have files it is one's.
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_of_one_check" CHECK (num_nonnulls("ticket_id", "plan_id", "record_id", "contract_id") = 1);

-- As all that is a customer's (decision 0023).
CREATE TRIGGER "attachment_insert_erased" AFTER INSERT ON "attachment"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();
CREATE TRIGGER "attachment_update_erased" AFTER UPDATE ON "attachment"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

-- The second net for rows (decision 0100).
ALTER TABLE "attachment" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "rows_of_viewers" ON "attachment" USING ((coalesce((select nullif(current_setting('tierline.rows', true), '')::jsonb) -> "policy_id" ?| array['*', "branch_id"::text], false)) or ("customer_id" is null) or (current_user <> 'tierline_viewer'));
