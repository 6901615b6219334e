-- A report stays as it was made. What its accounts were called goes with the person, on purpose.
GRANT DELETE ON readiness_accounts TO charterkeep_app;
--> statement-breakpoint
-- A task goes on: somebody takes it, its date moves, it is done, or a report does not find it any more.
GRANT UPDATE ON readiness_tasks TO charterkeep_app;
--> statement-breakpoint
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON readiness_reports FOR EACH ROW EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON readiness_reports FOR EACH STATEMENT EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
ALTER TABLE readiness_reports ENABLE ALWAYS TRIGGER append_only_rows;
--> statement-breakpoint
ALTER TABLE readiness_reports ENABLE ALWAYS TRIGGER append_only_table;
