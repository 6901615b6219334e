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
