-- The worst of a customer's open tickets, read as one row of the customer beside whatever else is read of its tickets.
CREATE VIEW "open_promises" AS
  SELECT "customer_id", max("sla_state") AS "sla_state" FROM "ticket" WHERE "is_open" AND "sla_state" <> 'NONE' GROUP BY "customer_id";
