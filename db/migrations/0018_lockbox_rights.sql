-- A request for customer content goes on by its statechart; what was decided on it stays as it was signed.
GRANT UPDATE ON lockbox_requests TO charterkeep_app;
--> statement-breakpoint
-- How the last reading went is one row for each boundary.
GRANT UPDATE ON lockbox_polls TO charterkeep_app;
--> statement-breakpoint
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON lockbox_decisions FOR EACH ROW EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON lockbox_decisions FOR EACH STATEMENT EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
ALTER TABLE lockbox_decisions ENABLE ALWAYS TRIGGER append_only_rows;
--> statement-breakpoint
ALTER TABLE lockbox_decisions ENABLE ALWAYS TRIGGER append_only_table;
