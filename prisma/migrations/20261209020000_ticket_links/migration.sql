-- That two tickets belong together (decision 0076).
CREATE TYPE "TicketLinkKind" AS ENUM ('SAME_CAUSE', 'DUPLICATE', 'MERGED');

CREATE TABLE "ticket_link" (
    "id" UUID NOT NULL,
    "ticket_id" UUID NOT NULL,
    "other_id" UUID NOT NULL,
    "kind" "TicketLinkKind" NOT NULL,
    "by_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ticket_link_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "ticket_link_ticket_id_other_id_kind_key" ON "ticket_link"("ticket_id", "other_id", "kind");
CREATE INDEX "ticket_link_other_id_idx" ON "ticket_link"("other_id");

ALTER TABLE "ticket_link" ADD CONSTRAINT "ticket_link_ticket_id_fkey" FOREIGN KEY ("ticket_id") REFERENCES "ticket"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ticket_link" ADD CONSTRAINT "ticket_link_other_id_fkey" FOREIGN KEY ("other_id") REFERENCES "ticket"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ticket_link" ADD CONSTRAINT "ticket_link_by_id_fkey" FOREIGN KEY ("by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "ticket_link" ADD CONSTRAINT "ticket_link_of_two_check" CHECK ("ticket_id" <> "other_id");

-- The second net for rows (decision 0100).
ALTER TABLE "ticket_link" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "rows_of_viewers" ON "ticket_link" USING ((exists (select 1 from "ticket" parent where parent."id" = "ticket_link"."ticket_id" and coalesce((select nullif(current_setting('tierline.rows', true), '')::jsonb) -> parent."policy_id" ?| array['*', parent."branch_id"::text], false))) or (current_user <> 'tierline_viewer'));
