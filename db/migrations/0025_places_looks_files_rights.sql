-- What the tenant says of a part takes the place of what it said before, and goes when no charter names the part any more.
GRANT UPDATE, DELETE ON tenant_places TO charterkeep_app;
--> statement-breakpoint
-- What is wrong with which file is noted with the end of the reading.
GRANT UPDATE (problems) ON readiness_readings TO charterkeep_app;
--> statement-breakpoint
-- Files of a tenant are kept until their report is made, and no longer.
GRANT DELETE ON readiness_file_pieces TO charterkeep_app;
