-- CreateEnum
CREATE TYPE "RecordState" AS ENUM ('OPEN', 'PENDING_APPROVAL', 'RETURNED', 'CLOSED', 'REJECTED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "RecordStepState" AS ENUM ('PENDING_APPROVAL', 'DONE', 'RETURNED', 'REJECTED');

-- AlterTable
ALTER TABLE "staff" ADD COLUMN     "entered_on" DATE,
ADD COLUMN     "posts" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "policy_record" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "policy_id" TEXT NOT NULL,
    "branch_id" UUID NOT NULL,
    "customer_id" UUID,
    "person_id" UUID,
    "person_rank" INTEGER,
    "contract_id" UUID,
    "ticket_id" UUID,
    "parent_id" UUID,
    "fields" JSONB NOT NULL,
    "status" TEXT,
    "state" "RecordState" NOT NULL,
    "step_code" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "started_by_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,
    "next_due_at" TIMESTAMPTZ(3),

    CONSTRAINT "policy_record_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "policy_record_step" (
    "id" UUID NOT NULL,
    "record_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "state" "RecordStepState" NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "taken_at" TIMESTAMPTZ(3) NOT NULL,
    "by_id" UUID NOT NULL,
    "brought" JSONB,
    "confirmation" TEXT,
    "approval_id" UUID,
    "decided_at" TIMESTAMPTZ(3),
    "comment" TEXT,

    CONSTRAINT "policy_record_step_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "policy_record_version" (
    "id" UUID NOT NULL,
    "record_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "fields" JSONB NOT NULL,
    "status" TEXT,
    "by_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "policy_record_version_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "policy_record_policy_id_started_at_id_idx" ON "policy_record"("policy_id", "started_at", "id");

-- CreateIndex
CREATE INDEX "policy_record_policy_id_branch_id_started_at_id_idx" ON "policy_record"("policy_id", "branch_id", "started_at", "id");

-- CreateIndex
CREATE INDEX "policy_record_policy_id_kind_started_at_id_idx" ON "policy_record"("policy_id", "kind", "started_at", "id");

-- CreateIndex
CREATE INDEX "policy_record_policy_id_next_due_at_id_idx" ON "policy_record"("policy_id", "next_due_at", "id");

-- CreateIndex
CREATE INDEX "policy_record_policy_id_branch_id_next_due_at_id_idx" ON "policy_record"("policy_id", "branch_id", "next_due_at", "id");

-- CreateIndex
CREATE INDEX "policy_record_customer_id_started_at_id_idx" ON "policy_record"("customer_id", "started_at", "id");

-- CreateIndex
CREATE INDEX "policy_record_person_id_started_at_id_idx" ON "policy_record"("person_id", "started_at", "id");

-- CreateIndex
CREATE INDEX "policy_record_person_id_next_due_at_id_idx" ON "policy_record"("person_id", "next_due_at", "id");

-- CreateIndex
CREATE INDEX "policy_record_ticket_id_idx" ON "policy_record"("ticket_id");

-- CreateIndex
CREATE INDEX "policy_record_contract_id_idx" ON "policy_record"("contract_id");

-- CreateIndex
CREATE INDEX "policy_record_parent_id_idx" ON "policy_record"("parent_id");

-- CreateIndex
CREATE INDEX "policy_record_started_by_id_idx" ON "policy_record"("started_by_id");

-- CreateIndex
CREATE UNIQUE INDEX "policy_record_step_record_id_code_round_key" ON "policy_record_step"("record_id", "code", "round");

-- CreateIndex
CREATE UNIQUE INDEX "policy_record_version_record_id_version_key" ON "policy_record_version"("record_id", "version");

-- AddForeignKey
ALTER TABLE "policy_record" ADD CONSTRAINT "policy_record_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_record" ADD CONSTRAINT "policy_record_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "staff"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_record" ADD CONSTRAINT "policy_record_started_by_id_fkey" FOREIGN KEY ("started_by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_record" ADD CONSTRAINT "policy_record_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contract"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_record" ADD CONSTRAINT "policy_record_ticket_id_fkey" FOREIGN KEY ("ticket_id") REFERENCES "ticket"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_record" ADD CONSTRAINT "policy_record_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "policy_record"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_record_step" ADD CONSTRAINT "policy_record_step_record_id_fkey" FOREIGN KEY ("record_id") REFERENCES "policy_record"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_record_step" ADD CONSTRAINT "policy_record_step_by_id_fkey" FOREIGN KEY ("by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_record_version" ADD CONSTRAINT "policy_record_version_record_id_fkey" FOREIGN KEY ("record_id") REFERENCES "policy_record"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_record_version" ADD CONSTRAINT "policy_record_version_by_id_fkey" FOREIGN KEY ("by_id") REFERENCES "staff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Nothing is written about a customer who was erased (decision 0023).
CREATE TRIGGER "policy_record_insert_erased" AFTER INSERT ON "policy_record"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();
CREATE TRIGGER "policy_record_update_erased" AFTER UPDATE ON "policy_record"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "refuse_erased"();

-- A record about a person is seen from where the person works, and by who stands above: it moves with them, whichever way they
-- are moved. The ranks are those of server/platform/access/superior.ts.
CREATE FUNCTION "rank_of_roles"(roles "Role"[]) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(max(CASE role
    WHEN 'EXECUTIVE' THEN 5 WHEN 'DIRECTOR' THEN 4 WHEN 'COMMAND_CENTER' THEN 3 WHEN 'SUPERVISOR' THEN 2 ELSE 1 END), 1)
  FROM unnest(roles::text[]) AS role
$$;

CREATE FUNCTION "move_records_of_person"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "policy_record" SET "branch_id" = NEW."branch_id", "person_rank" = rank_of_roles(NEW."roles")
  WHERE "person_id" = NEW."id";
  RETURN NULL;
END
$$;

CREATE TRIGGER "staff_moves_records" AFTER UPDATE OF "branch_id", "roles" ON "staff"
  FOR EACH ROW WHEN (OLD."branch_id" IS DISTINCT FROM NEW."branch_id" OR OLD."roles" IS DISTINCT FROM NEW."roles")
  EXECUTE FUNCTION "move_records_of_person"();
