-- State that goes on: a suspension is lifted, an effect confirmed, a notice seen, an alarm acknowledged.
GRANT UPDATE ON lapse_alarms, notices, suspension_effects, suspension_lifts, suspensions TO charterkeep_app;
--> statement-breakpoint
-- Notices go with a person who is erased.
GRANT DELETE ON notices TO charterkeep_app;
