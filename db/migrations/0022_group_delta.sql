CREATE TABLE "tenant_group_sync" (
	"part" integer PRIMARY KEY NOT NULL,
	"tenant" text NOT NULL,
	"group_ids" text[] NOT NULL,
	"reading" "tenant_reading" DEFAULT 'everyone' NOT NULL,
	"next_link" text,
	"delta_link" text,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"look_asked_at" timestamp (3) with time zone,
	"trouble" "tenant_trouble",
	"trouble_code" text,
	"trouble_since" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"not_before" timestamp (3) with time zone,
	CONSTRAINT "tenant_group_sync_trouble" CHECK (("tenant_group_sync"."trouble" is null) = ("tenant_group_sync"."trouble_since" is null))
);
