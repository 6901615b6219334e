-- State that goes on: a suspension is lifted, an effect confirmed, a notice seen, an alarm acknowledged.
GRANT UPDATE ON lapse_alarms, notices, suspension_effects, suspension_lifts, suspensions TO charterkeep_app;
--> statement-breakpoint
-- Notices go with a person who is erased.
GRANT DELETE ON notices TO charterkeep_app;
--> statement-breakpoint
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
--> statement-breakpoint
-- A case goes on from state to state. What was handed in for it is destroyed with the facts of the person, on purpose.
GRANT UPDATE ON vetting_cases TO charterkeep_app;
--> statement-breakpoint
GRANT DELETE ON vetting_evidence TO charterkeep_app;
--> statement-breakpoint
-- What an authority stated never changes; since when it is known not to hold is all that is added to it.
GRANT UPDATE (retracted_at) ON clearances TO charterkeep_app;
--> statement-breakpoint
-- An event gets its person when the badge does; keys, feeds and badges end. Locking a feed takes the right to update it.
GRANT UPDATE (person_id) ON badge_events TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE (ends_at) ON badge_feed_keys TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE ON badge_feeds TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE (returned_at) ON badges TO charterkeep_app;
--> statement-breakpoint
GRANT DELETE ON badge_deliveries, badge_events, badges TO charterkeep_app;
--> statement-breakpoint
-- State that goes on; what a system said of a person goes with their data.
GRANT UPDATE ON scim_tokens, scim_users TO charterkeep_app;
--> statement-breakpoint
GRANT DELETE ON scim_users TO charterkeep_app;
--> statement-breakpoint
-- A fact that ends is superseded by another one: of the old row only this changes.
GRANT UPDATE (retracted_at) ON appointments, employments TO charterkeep_app;
