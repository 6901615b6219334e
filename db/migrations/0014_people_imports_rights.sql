-- A dry run becomes an import that was applied, or is discarded; what it held goes with that, on purpose.
GRANT UPDATE ON people_imports TO charterkeep_app;
--> statement-breakpoint
GRANT DELETE ON people_import_pieces TO charterkeep_app;
