-- A boundary stays as it was recorded: only how many it needs changes, and that it is closed.
GRANT UPDATE (holders_needed, closed_at) ON provider_boundaries TO charterkeep_app;
--> statement-breakpoint
-- Who held a provider's role ends; what shows it can be erased with the person.
GRANT UPDATE (valid_until, end_entry_id, evidence) ON provider_holders TO charterkeep_app;
--> statement-breakpoint
-- A shift is taken out of the plan; when it was to be stays.
GRANT UPDATE (removed_at, remove_entry_id) ON provider_shifts TO charterkeep_app;
--> statement-breakpoint
-- What the tenant answers takes the place of what it answered before.
GRANT UPDATE ON provider_readings TO charterkeep_app;
--> statement-breakpoint
GRANT DELETE ON provider_sightings TO charterkeep_app;
--> statement-breakpoint
-- A gap moves with the facts, is warned of, and is closed.
GRANT UPDATE ON coverage_gaps TO charterkeep_app;
