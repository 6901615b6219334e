-- A use goes on by its statechart. A signature stays as it was given; only what a reviewer wrote can be blanked, when a
-- person is erased.
GRANT UPDATE ON break_glass_uses TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE (findings) ON break_glass_signatures TO charterkeep_app;
