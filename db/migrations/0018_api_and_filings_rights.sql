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
