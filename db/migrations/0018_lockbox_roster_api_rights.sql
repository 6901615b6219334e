-- A token is used and ends, and what its owner called it is erasable; whose it is and what it may do stays.
GRANT UPDATE (name, last_used_at, revoked_at, revoked_by) ON api_tokens TO charterkeep_app;
--> statement-breakpoint
-- A filing stays as it was; why roles were refused tells of a person, and is erasable.
GRANT UPDATE (refused) ON filings TO charterkeep_app;
--> statement-breakpoint
-- Every form that was sent before filed one request: it is the filing of its own.
INSERT INTO filings (id, filed_by, refused, created_at)
SELECT filing_key, coalesce(filed_by, requester_id), '[]'::jsonb, created_at FROM requests WHERE filing_key IS NOT NULL;
--> statement-breakpoint
ALTER TABLE requests ADD CONSTRAINT requests_filing_key_fk FOREIGN KEY (filing_key) REFERENCES filings (id);
--> statement-breakpoint
-- A request for customer content goes on by its statechart; what was decided on it stays as it was signed.
GRANT UPDATE ON lockbox_requests TO charterkeep_app;
--> statement-breakpoint
-- How the last reading went is one row for each boundary.
GRANT UPDATE ON lockbox_polls TO charterkeep_app;
--> statement-breakpoint
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON lockbox_decisions FOR EACH ROW EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON lockbox_decisions FOR EACH STATEMENT EXECUTE FUNCTION forbid_mutation();
--> statement-breakpoint
ALTER TABLE lockbox_decisions ENABLE ALWAYS TRIGGER append_only_rows;
--> statement-breakpoint
ALTER TABLE lockbox_decisions ENABLE ALWAYS TRIGGER append_only_table;
--> statement-breakpoint
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
