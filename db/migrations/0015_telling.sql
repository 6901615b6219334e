CREATE TYPE "public"."delivery_state" AS ENUM('waiting', 'sent', 'dead');--> statement-breakpoint
CREATE TYPE "public"."mail_state" AS ENUM('waiting', 'sent', 'dropped', 'dead');--> statement-breakpoint
CREATE TYPE "public"."notice_subject" AS ENUM('case', 'amendment', 'person', 'finding', 'review', 'lockbox', 'roster', 'delivery');--> statement-breakpoint
CREATE TYPE "public"."urgency" AS ENUM('normal', 'urgent', 'break_glass');--> statement-breakpoint
CREATE TYPE "public"."webhook_format" AS ENUM('standard', 'teams', 'slack');--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'decision_needed';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'decision_reminder';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'decision_escalated';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'decision_delegated';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'information_asked';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'information_answered';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'request_approved';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'request_denied';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'request_timed_out';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'quorum_unreachable';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'access_active';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'access_failed';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'access_extended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'access_ends_soon';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'access_ended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'removal_not_confirmed';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'break_glass_used';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'review_owed';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'review_overdue';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_arrived';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_runs_out';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'coverage_gap';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'clearance_lapses';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'case_needs_you';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'finding';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'person_suspended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'suspension_lift_proposed';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'amendment_to_sign';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'mail_trouble';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'webhook_disabled';--> statement-breakpoint
CREATE TABLE "mail_server" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"trouble_code" text,
	"trouble_since" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"not_before" timestamp (3) with time zone,
	"told" boolean DEFAULT false NOT NULL,
	"last_sent_at" timestamp (3) with time zone,
	CONSTRAINT "mail_server_one" CHECK ("mail_server"."id" = 1),
	CONSTRAINT "mail_server_trouble" CHECK (("mail_server"."trouble_code" is null) = ("mail_server"."trouble_since" is null))
);
--> statement-breakpoint
CREATE TABLE "mails" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"urgency" "urgency" NOT NULL,
	"state" "mail_state" NOT NULL,
	"failures" integer NOT NULL,
	"next_at" timestamp (3) with time zone NOT NULL,
	"code" text,
	"made_at" timestamp (3) with time zone NOT NULL,
	"done_at" timestamp (3) with time zone,
	CONSTRAINT "mails_done" CHECK (("mails"."state" = 'waiting') = ("mails"."done_at" is null))
);
--> statement-breakpoint
CREATE TABLE "notice_preferences" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"language" text NOT NULL,
	"zone" text NOT NULL,
	"quiet_from" integer,
	"quiet_until" integer,
	"digest_hour" integer NOT NULL,
	"modes" jsonb NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "notice_preferences_language" CHECK ("notice_preferences"."language" in ('en', 'de')),
	CONSTRAINT "notice_preferences_quiet" CHECK (("notice_preferences"."quiet_from" is null) = ("notice_preferences"."quiet_until" is null)),
	CONSTRAINT "notice_preferences_hour" CHECK ("notice_preferences"."digest_hour" between 0 and 23)
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"webhook_id" uuid NOT NULL,
	"event" jsonb NOT NULL,
	"state" "delivery_state" NOT NULL,
	"failures" integer NOT NULL,
	"next_at" timestamp (3) with time zone NOT NULL,
	"code" text,
	"made_at" timestamp (3) with time zone NOT NULL,
	"done_at" timestamp (3) with time zone,
	CONSTRAINT "webhook_deliveries_done" CHECK (("webhook_deliveries"."state" = 'waiting') = ("webhook_deliveries"."done_at" is null))
);
--> statement-breakpoint
CREATE TABLE "webhook_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"webhook_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"host" text NOT NULL,
	"format" "webhook_format" NOT NULL,
	"language" text NOT NULL,
	"topics" text[] NOT NULL,
	"url_key_id" text NOT NULL,
	"url_nonce" "bytea" NOT NULL,
	"url_tag" "bytea" NOT NULL,
	"url_bytes" "bytea" NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"failing_since" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"not_before" timestamp (3) with time zone,
	"disabled_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "webhooks_language" CHECK ("webhooks"."language" in ('en', 'de'))
);
--> statement-breakpoint
DROP INDEX "notices_unmailed_idx";--> statement-breakpoint
DROP INDEX "notices_person_idx";--> statement-breakpoint
ALTER TABLE "notices" ALTER COLUMN "request_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "urgency" "urgency" DEFAULT 'normal' NOT NULL;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "subject" "notice_subject";--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "subject_id" uuid;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "stage" integer;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "deadline" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "once" text;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "mail_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "mail_id" uuid;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "unmailed_code" text;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_preferences" ADD CONSTRAINT "notice_preferences_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhooks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_keys" ADD CONSTRAINT "webhook_keys_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhooks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mails_person_idx" ON "mails" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "mails_waiting_idx" ON "mails" USING btree ("urgency" DESC NULLS LAST,"next_at") WHERE "mails"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "mails_dead_idx" ON "mails" USING btree ("done_at") WHERE "mails"."state" = 'dead';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_webhook_idx" ON "webhook_deliveries" USING btree ("webhook_id","made_at");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_waiting_idx" ON "webhook_deliveries" USING btree ("next_at") WHERE "webhook_deliveries"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_done_idx" ON "webhook_deliveries" USING btree ("done_at") WHERE "webhook_deliveries"."done_at" is not null;--> statement-breakpoint
CREATE INDEX "webhook_keys_webhook_idx" ON "webhook_keys" USING btree ("webhook_id");--> statement-breakpoint
CREATE INDEX "webhooks_creator_idx" ON "webhooks" USING btree ("created_by");--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_mail_id_mails_id_fk" FOREIGN KEY ("mail_id") REFERENCES "public"."mails"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notices_mail_idx" ON "notices" USING btree ("mail_id");--> statement-breakpoint
CREATE INDEX "notices_to_mail_idx" ON "notices" USING btree ("mail_at") WHERE "notices"."mail_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "notices_once_key" ON "notices" USING btree ("person_id","once") WHERE "notices"."once" is not null;--> statement-breakpoint
CREATE INDEX "notices_person_idx" ON "notices" USING btree ("person_id","at");--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_one_subject" CHECK ("notices"."request_id" is null or "notices"."subject" is null);--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_subject" CHECK ("notices"."subject" is not null or "notices"."subject_id" is null);--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_mail" CHECK ("notices"."mail_at" is null or ("notices"."mail_id" is null and "notices"."unmailed_code" is null));