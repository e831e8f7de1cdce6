-- K1, k1 and a full-width K1 are one number. Whoever writes a customer, the database says by what its number is compared.
-- Bytes are compared, so that a prefix is a range of the index and only the letters A to Z have a case (customers/name-search.ts).
ALTER TABLE "customer" ADD COLUMN     "number_key" TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE FUNCTION "customer_number_key"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A row that is restored brings its own.
  IF TG_OP = 'INSERT' AND NEW."number_key" <> '' THEN
    RETURN NEW;
  END IF;
  NEW."number_key" := upper(btrim(normalize(NEW."number", NFKC)) COLLATE "C");
  RETURN NEW;
END
$$;

-- Where files that are stored differ in case or width alone, the one that is written plainly or came first has the number; the
-- others keep theirs as it stands, and docs/operating.md has the query that lists them.
UPDATE "customer" c SET "number_key" = CASE WHEN k.place = 1 THEN k.key ELSE c."number" END
FROM (
  SELECT "id", key, row_number() OVER (PARTITION BY "policy_id", key ORDER BY ("number" = key) DESC, "id") AS place
  FROM (SELECT "id", "policy_id", "number", upper(btrim(normalize("number", NFKC)) COLLATE "C") AS key FROM "customer") AS keys
) k
WHERE k."id" = c."id";

CREATE TRIGGER "customer_number_key" BEFORE INSERT OR UPDATE OF "number" ON "customer"
  FOR EACH ROW EXECUTE FUNCTION "customer_number_key"();

CREATE UNIQUE INDEX "customer_policy_id_number_key_key" ON "customer"("policy_id", "number_key");

CREATE INDEX "customer_number_key_id_idx" ON "customer"("number_key", "id");
