-- What proofs are built from never changes.
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON ledger_nodes FOR EACH ROW EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON ledger_nodes FOR EACH STATEMENT EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
ALTER TABLE ledger_nodes ENABLE ALWAYS TRIGGER append_only_rows;
--> statement-breakpoint
ALTER TABLE ledger_nodes ENABLE ALWAYS TRIGGER append_only_table;
