-- A signature that was given stays given.
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON amendment_signatures FOR EACH ROW EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON amendment_signatures FOR EACH STATEMENT EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
ALTER TABLE amendment_signatures ENABLE ALWAYS TRIGGER append_only_rows;
--> statement-breakpoint
ALTER TABLE amendment_signatures ENABLE ALWAYS TRIGGER append_only_table;
