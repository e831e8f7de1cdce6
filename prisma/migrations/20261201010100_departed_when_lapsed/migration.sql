-- Files that were opened or imported as LAPSED had no day of departure, and were active to whatever asks for it. The last change of the
-- file is the nearest that is known.
UPDATE "customer" SET "departed_at" = "updated_at" WHERE "stage" = 'LAPSED' AND "departed_at" IS NULL;

-- Cards of tiers that are held no longer.
UPDATE "vip_card" v SET "state" = 'CLOSED', "version" = v."version" + 1
FROM "customer" c
WHERE c."id" = v."customer_id" AND c."erased_at" IS NULL AND v."state" <> 'CLOSED' AND NOT EXISTS (
  SELECT FROM "grade" g
  WHERE g."customer_id" = v."customer_id" AND g."tier_code" = v."tier_code" AND g."state" <> 'ENDED' AND NOT g."scheduled"
);
