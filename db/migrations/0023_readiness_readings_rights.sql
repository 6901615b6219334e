-- A reading that somebody asked for goes on: it begins, gets on, and ends with a report or with why there is none.
GRANT UPDATE (started_at, done, total, finished_at, report_id, trouble) ON readiness_readings TO charterkeep_app;
