ALTER TYPE "public"."notice_kind" ADD VALUE 'access_held_up' BEFORE 'access_extended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'watched_sign_in' BEFORE 'person_suspended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'watched_changed' BEFORE 'person_suspended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'tenant_trouble' BEFORE 'person_suspended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'certificate_expires' BEFORE 'person_suspended';--> statement-breakpoint
ALTER TYPE "public"."notice_subject" ADD VALUE 'tenant';--> statement-breakpoint
CREATE TABLE "graph_subscriptions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant" text NOT NULL,
	"resource" text NOT NULL,
	"url" text NOT NULL,
	"subscription_id" text,
	"state_sha256" text NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"reauthorize_at" timestamp (3) with time zone,
	"heard_at" timestamp (3) with time zone,
	"trouble" text,
	"trouble_code" text,
	"not_before" timestamp (3) with time zone,
	CONSTRAINT "graph_subscriptions_subscription_id_unique" UNIQUE("subscription_id"),
	CONSTRAINT "graph_subscriptions_state" CHECK ("graph_subscriptions"."state_sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "graph_subscriptions_trouble" CHECK ("graph_subscriptions"."trouble" in ('forbidden', 'quota', 'unreachable', 'unsupported', 'unavailable')),
	CONSTRAINT "graph_subscriptions_made" CHECK (("graph_subscriptions"."subscription_id" is null) = ("graph_subscriptions"."expires_at" is null))
);
--> statement-breakpoint
CREATE TABLE "look_asks" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "look_asks_one" CHECK ("look_asks"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "tenant_group_sync" (
	"part" integer PRIMARY KEY NOT NULL,
	"tenant" text NOT NULL,
	"group_ids" text[] NOT NULL,
	"reading" "tenant_reading" DEFAULT 'everyone' NOT NULL,
	"next_link" text,
	"delta_link" text,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"trouble" "tenant_trouble",
	"trouble_code" text,
	"trouble_since" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"not_before" timestamp (3) with time zone,
	CONSTRAINT "tenant_group_sync_trouble" CHECK (("tenant_group_sync"."trouble" is null) = ("tenant_group_sync"."trouble_since" is null))
);
--> statement-breakpoint
CREATE TABLE "tenant_troubles" (
	"key" text PRIMARY KEY NOT NULL,
	"grant_id" uuid,
	"code" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	"told_at" timestamp (3) with time zone,
	CONSTRAINT "tenant_troubles_key" CHECK ("tenant_troubles"."key" = coalesce("tenant_troubles"."grant_id"::text, 'connection'))
);
--> statement-breakpoint
CREATE TABLE "readiness_readings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"asked_by" uuid NOT NULL,
	"started_at" timestamp (3) with time zone,
	"done" integer,
	"total" integer,
	"finished_at" timestamp (3) with time zone,
	"report_id" uuid,
	"trouble" text,
	CONSTRAINT "readiness_readings_outcome" CHECK (("readiness_readings"."finished_at" is not null) = (num_nonnulls("readiness_readings"."report_id", "readiness_readings"."trouble") = 1)),
	CONSTRAINT "readiness_readings_progress" CHECK (("readiness_readings"."done" is null) = ("readiness_readings"."total" is null))
);
--> statement-breakpoint
CREATE TABLE "watched_accounts" (
	"object_id" text PRIMARY KEY NOT NULL,
	"state" jsonb NOT NULL,
	"looked_at" timestamp (3) with time zone,
	"sign_ins_read_to" timestamp (3) with time zone,
	"trouble" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "watched_sign_ins" (
	"id" text PRIMARY KEY NOT NULL,
	"object_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"succeeded" boolean NOT NULL,
	"error_code" integer NOT NULL,
	"application" text,
	"ip_address" text,
	"told_at" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL
);
--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "tenant_id" uuid;--> statement-breakpoint
ALTER TABLE "tenant_troubles" ADD CONSTRAINT "tenant_troubles_grant_id_grants_id_fk" FOREIGN KEY ("grant_id") REFERENCES "public"."grants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readiness_readings" ADD CONSTRAINT "readiness_readings_asked_by_people_id_fk" FOREIGN KEY ("asked_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readiness_readings" ADD CONSTRAINT "readiness_readings_report_id_readiness_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."readiness_reports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "watched_sign_ins" ADD CONSTRAINT "watched_sign_ins_object_id_watched_accounts_object_id_fk" FOREIGN KEY ("object_id") REFERENCES "public"."watched_accounts"("object_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "tenant_troubles_grant_idx" ON "tenant_troubles" USING btree ("grant_id");--> statement-breakpoint
CREATE INDEX "readiness_readings_asked_idx" ON "readiness_readings" USING btree ("asked_at");--> statement-breakpoint
CREATE INDEX "readiness_readings_asker_idx" ON "readiness_readings" USING btree ("asked_by");--> statement-breakpoint
CREATE INDEX "readiness_readings_report_idx" ON "readiness_readings" USING btree ("report_id");--> statement-breakpoint
CREATE UNIQUE INDEX "readiness_readings_one_open" ON "readiness_readings" USING btree ((true)) WHERE "readiness_readings"."finished_at" is null;--> statement-breakpoint
CREATE INDEX "watched_sign_ins_account_idx" ON "watched_sign_ins" USING btree ("object_id","at");