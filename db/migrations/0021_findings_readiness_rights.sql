-- A finding goes on by its statechart; what officers signed about it stays as it was signed.
GRANT UPDATE ON findings TO charterkeep_app;
--> statement-breakpoint
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON finding_decisions FOR EACH ROW EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON finding_decisions FOR EACH STATEMENT EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
ALTER TABLE finding_decisions ENABLE ALWAYS TRIGGER append_only_rows;
--> statement-breakpoint
ALTER TABLE finding_decisions ENABLE ALWAYS TRIGGER append_only_table;
--> statement-breakpoint
-- A rule of the tenant that became stricter takes the place of what it was.
GRANT UPDATE ON policy_baselines TO charterkeep_app;
--> statement-breakpoint
-- Looks at the tenant are forgotten after a while.
GRANT DELETE ON reconcile_runs TO charterkeep_app;
--> statement-breakpoint
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
