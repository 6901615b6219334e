-- A mirror of the tenant: it follows it, and what nobody needs any more goes from it.
GRANT UPDATE, DELETE ON tenant_users TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE ON tenant_sync TO charterkeep_app;
--> statement-breakpoint
-- A dry run becomes an import that was applied, or is discarded; what it held goes with that, on purpose.
GRANT UPDATE ON people_imports TO charterkeep_app;
--> statement-breakpoint
GRANT DELETE ON people_import_pieces TO charterkeep_app;
