-- A visit is a fact like others: beside adding and erasing, the application may only note, once, that one was verified or
-- taken back.
GRANT UPDATE (verified_at, verified_by, retracted_at, retracted_by, retraction_reason) ON visits TO charterkeep_app;
--> statement-breakpoint
GRANT DELETE ON visits TO charterkeep_app;
