-- What the tenant was asked to tell us of is renewed, and ended when nobody wants it any more.
GRANT UPDATE, DELETE ON graph_subscriptions TO charterkeep_app;
--> statement-breakpoint
-- Whoever asks for a look takes the place of who asked before.
GRANT UPDATE ON look_asks TO charterkeep_app;
--> statement-breakpoint
-- A trouble is told of once, seen again and again, and goes when it is over; the record keeps that it was.
GRANT UPDATE, DELETE ON tenant_troubles TO charterkeep_app;
--> statement-breakpoint
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
--> statement-breakpoint
-- The reading of what changes in groups goes on.
GRANT UPDATE ON tenant_group_sync TO charterkeep_app;
--> statement-breakpoint
-- A reading that somebody asked for goes on: it begins, gets on, and ends with a report or with why there is none.
GRANT UPDATE (started_at, done, total, finished_at, report_id, trouble) ON readiness_readings TO charterkeep_app;
