-- Requests that wait: rows come and go with the state of the request.
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
-- A use of break-glass goes on by its statechart. A signature stays as it was given; only what a reviewer wrote can be
-- blanked, when a person is erased.
GRANT UPDATE ON break_glass_uses TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE (findings) ON break_glass_signatures TO charterkeep_app;
--> statement-breakpoint
-- A mail is waiting, sent, dropped or dead, and is forgotten after a while, or with the person.
GRANT UPDATE, DELETE ON mails, notice_preferences TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE ON mail_server TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE ON webhooks TO charterkeep_app;
--> statement-breakpoint
-- A key ends; nothing else of it changes.
GRANT UPDATE (ends_at) ON webhook_keys TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE, DELETE ON webhook_deliveries TO charterkeep_app;
--> statement-breakpoint
-- A visit is a fact like others: beside adding and erasing, the application may only note, once, that one was verified or
-- taken back.
GRANT UPDATE (verified_at, verified_by, retracted_at, retracted_by, retraction_reason) ON visits TO charterkeep_app;
--> statement-breakpoint
GRANT DELETE ON visits TO charterkeep_app;
--> statement-breakpoint
-- Requests that wait already: the role of their open stage decides on them.
INSERT INTO requests_waiting (request_id, role, decide_by)
SELECT id, context #>> ARRAY['stages', context ->> 'stage', 'from'], (context ->> 'decideBy')::timestamptz
FROM requests
WHERE state = 'pending' AND context #>> ARRAY['stages', context ->> 'stage', 'from'] IS NOT NULL;
