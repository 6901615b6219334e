-- A mail is waiting, sent, dropped or dead, and is forgotten after a while, or with the person.
GRANT UPDATE, DELETE ON mails, notice_preferences TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE ON mail_server TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE ON webhooks TO charterkeep_app;
--> statement-breakpoint
-- A key ends; nothing else of it changes.
GRANT UPDATE (ends_at) ON webhook_keys TO charterkeep_app;
--> statement-breakpoint
GRANT UPDATE, DELETE ON webhook_deliveries TO charterkeep_app;
