-- Facts are never overwritten: beside adding and erasing, the application may only note, once, that one was verified, taken
-- back, decided or triaged.
GRANT UPDATE (verified_at, verified_by, retracted_at, retracted_by, retraction_reason)
  ON agreements, appointments, attendances, citizenships, clearances, employments, facility_authorisations, presences, read_ins, reportable_events, residences, travels
  TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE (verdict, decided_at, decided_by, debriefed_at, debriefed_by) ON travels TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE (triaged_at, triaged_by, outcome) ON reportable_events TO charterkeep_app;
--> statement-breakpoint
GRANT DELETE ON agreements, evidence_files, evidence_pieces, read_ins, reportable_events, travels TO charterkeep_app;
--> statement-breakpoint
-- What nobody recorded by hand came with an import; what somebody did was an officer's.
UPDATE citizenships SET source = 'officer' WHERE recorded_by IS NOT NULL;
--> statement-breakpoint
UPDATE clearances SET source = 'officer' WHERE recorded_by IS NOT NULL;
