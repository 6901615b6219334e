-- A mirror of the tenant: it follows it, and what nobody needs any more goes from it.
GRANT UPDATE, DELETE ON tenant_users TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE ON tenant_sync TO charterkeep_app;
