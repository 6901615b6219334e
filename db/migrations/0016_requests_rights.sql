-- Follows the state of requests: rows come and go with it.
GRANT UPDATE, DELETE ON requests_waiting TO charterkeep_app;
--> statement-breakpoint
-- What somebody typed is theirs to change and to throw away.
GRANT UPDATE, DELETE ON drafts TO charterkeep_app;
--> statement-breakpoint
-- An absence ends; who was away, since when and who stood in for them stays as it was recorded.
GRANT UPDATE (valid_until, end_entry_id) ON absences TO charterkeep_app;
--> statement-breakpoint
-- The words of a thread are erasable; who wrote when stays.
GRANT UPDATE (text) ON request_messages TO charterkeep_app;
--> statement-breakpoint
-- Requests that wait already: the role of their open stage decides on them.
INSERT INTO requests_waiting (request_id, role, decide_by)
SELECT id, context #>> ARRAY['stages', context ->> 'stage', 'from'], (context ->> 'decideBy')::timestamptz
FROM requests
WHERE state = 'pending' AND context #>> ARRAY['stages', context ->> 'stage', 'from'] IS NOT NULL;
