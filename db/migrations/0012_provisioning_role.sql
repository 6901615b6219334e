-- State that goes on; what a system said of a person goes with their data.
GRANT UPDATE ON scim_tokens, scim_users TO charterkeep_app;
--> statement-breakpoint
GRANT DELETE ON scim_users TO charterkeep_app;
--> statement-breakpoint
-- A fact that ends is superseded by another one: of the old row only this changes.
GRANT UPDATE (retracted_at) ON appointments, employments TO charterkeep_app;
