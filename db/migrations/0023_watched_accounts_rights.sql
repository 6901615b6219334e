-- An account is looked at again and again; a sign-in that was told stays as it was told.
GRANT UPDATE ON watched_accounts TO charterkeep_app;
--> statement-breakpoint
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON watched_sign_ins FOR EACH ROW EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON watched_sign_ins FOR EACH STATEMENT EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
ALTER TABLE watched_sign_ins ENABLE ALWAYS TRIGGER append_only_rows;
--> statement-breakpoint
ALTER TABLE watched_sign_ins ENABLE ALWAYS TRIGGER append_only_table;
