-- What customers are found by is rebuilt by the application, which alone opens the identifiers (customers/refresh-search.ts):
-- rows of form 0 are those that it has not come to yet.
ALTER TABLE "customer" ADD COLUMN     "search_text" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "search_form" INTEGER NOT NULL DEFAULT 0;

-- Nothing is rebuilt of a file that was erased.
UPDATE "customer" SET "search_form" = 1 WHERE "erased_at" IS NOT NULL;

CREATE INDEX "customer_search_form_idx" ON "customer"("search_form");
