-- A case goes on from state to state. What was handed in for it is destroyed with the facts of the person, on purpose.
GRANT UPDATE ON vetting_cases TO charterkeep_app;--> statement-breakpoint
GRANT DELETE ON vetting_evidence TO charterkeep_app;--> statement-breakpoint
-- What an authority stated never changes; since when it is known not to hold is all that is added to it.
GRANT UPDATE (retracted_at) ON clearances TO charterkeep_app;
