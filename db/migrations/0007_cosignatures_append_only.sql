-- What a witness signed is never taken back.
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON ledger_cosignatures FOR EACH ROW EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON ledger_cosignatures FOR EACH STATEMENT EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
ALTER TABLE ledger_cosignatures ENABLE ALWAYS TRIGGER append_only_rows;
--> statement-breakpoint
ALTER TABLE ledger_cosignatures ENABLE ALWAYS TRIGGER append_only_table;
