CREATE TYPE "public"."break_glass_state" AS ENUM('awaitingSecond', 'inUse', 'reviewOwed', 'overdue', 'reviewed', 'refused', 'withdrawn', 'timedOut', 'voided');--> statement-breakpoint
CREATE TYPE "public"."delivery_state" AS ENUM('waiting', 'sent', 'dead');--> statement-breakpoint
CREATE TYPE "public"."mail_state" AS ENUM('waiting', 'sent', 'dropped', 'dead');--> statement-breakpoint
CREATE TYPE "public"."notice_subject" AS ENUM('case', 'amendment', 'person', 'finding', 'review', 'lockbox', 'roster', 'delivery');--> statement-breakpoint
CREATE TYPE "public"."urgency" AS ENUM('normal', 'urgent', 'break_glass');--> statement-breakpoint
CREATE TYPE "public"."webhook_format" AS ENUM('standard', 'teams', 'slack');--> statement-breakpoint
ALTER TYPE "public"."challenge_purpose" ADD VALUE 'break_glass';--> statement-breakpoint
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
ALTER TYPE "public"."notice_kind" ADD VALUE 'access_drifted';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'access_ended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'removal_not_confirmed';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'break_glass_used';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'review_owed';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'review_overdue';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'review_not_justified';--> statement-breakpoint
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
ALTER TYPE "public"."vetting_state" ADD VALUE 'cancelled';--> statement-breakpoint
ALTER TYPE "public"."workflow_kind" ADD VALUE 'break_glass';--> statement-breakpoint
CREATE TABLE "break_glass_signatures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"use_id" uuid NOT NULL,
	"part" text NOT NULL,
	"signer_id" uuid NOT NULL,
	"verdict" text NOT NULL,
	"findings" text NOT NULL,
	"envelope" jsonb NOT NULL,
	"assertion" jsonb NOT NULL,
	"credential_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "break_glass_signatures_part" CHECK ("break_glass_signatures"."part" in ('use', 'second', 'review', 'offline'))
);
--> statement-breakpoint
CREATE TABLE "break_glass_uses" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" bigint GENERATED ALWAYS AS IDENTITY (sequence name "break_glass_uses_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_id" uuid NOT NULL,
	"using_role" text NOT NULL,
	"role" text,
	"charter_version_id" uuid NOT NULL,
	"duration_seconds" integer NOT NULL,
	"reason" text NOT NULL,
	"ticket" text NOT NULL,
	"use_sha256" text NOT NULL,
	"offline" jsonb,
	"entry_id" uuid NOT NULL,
	"state" "break_glass_state" NOT NULL,
	"context" jsonb NOT NULL,
	"machine_version" integer NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "break_glass_uses_version_positive" CHECK ("break_glass_uses"."version" > 0),
	CONSTRAINT "break_glass_uses_duration_positive" CHECK ("break_glass_uses"."duration_seconds" > 0),
	CONSTRAINT "break_glass_uses_role" CHECK (("break_glass_uses"."role" is null) = ("break_glass_uses"."offline" is not null))
);
--> statement-breakpoint
CREATE TABLE "visits" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"source" "fact_source" DEFAULT 'import' NOT NULL,
	"evidence" text NOT NULL,
	"evidence_file_id" uuid,
	"corrects" uuid,
	"verified_at" timestamp (3) with time zone,
	"verified_by" uuid,
	"retracted_at" timestamp (3) with time zone,
	"retracted_by" uuid,
	"retraction_reason" text,
	"host" text NOT NULL,
	"country" text NOT NULL,
	"contact" text NOT NULL,
	"purpose" text NOT NULL,
	"scheme" text NOT NULL,
	"level" text NOT NULL,
	CONSTRAINT "visits_end" CHECK ("visits"."valid_until" is not null),
	CONSTRAINT "visits_country" CHECK ("visits"."country" ~ '^[A-Z]{2}$'),
	CONSTRAINT "visits_interval" CHECK ("visits"."valid_until" is null or "visits"."valid_until" > "visits"."valid_from"),
	CONSTRAINT "visits_verified" CHECK (("visits"."verified_at" is null) = ("visits"."verified_by" is null)),
	CONSTRAINT "visits_retracted" CHECK ("visits"."retracted_at" is not null or ("visits"."retracted_by" is null and "visits"."retraction_reason" is null))
);
--> statement-breakpoint
CREATE TABLE "absences" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"stand_in_id" uuid,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL,
	"end_entry_id" uuid,
	CONSTRAINT "absences_interval" CHECK ("absences"."valid_until" >= "absences"."valid_from"),
	CONSTRAINT "absences_other" CHECK ("absences"."stand_in_id" is null or "absences"."stand_in_id" <> "absences"."person_id")
);
--> statement-breakpoint
CREATE TABLE "drafts" (
	"person_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject" uuid NOT NULL,
	"fields" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "drafts_person_id_kind_subject_pk" PRIMARY KEY("person_id","kind","subject"),
	CONSTRAINT "drafts_kind" CHECK ("drafts"."kind" in ('request', 'decision'))
);
--> statement-breakpoint
CREATE TABLE "request_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"request_id" uuid NOT NULL,
	"author_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL,
	CONSTRAINT "request_messages_kind" CHECK ("request_messages"."kind" in ('question', 'answer'))
);
--> statement-breakpoint
CREATE TABLE "requests_waiting" (
	"request_id" uuid NOT NULL,
	"role" text NOT NULL,
	"decide_by" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "requests_waiting_request_id_role_pk" PRIMARY KEY("request_id","role")
);
--> statement-breakpoint
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
DROP INDEX "decisions_one_per_person_key";--> statement-breakpoint
DROP INDEX "grants_live_key";--> statement-breakpoint
DROP INDEX "grants_open_idx";--> statement-breakpoint
DROP INDEX "grants_running_idx";--> statement-breakpoint
DROP INDEX "notices_person_idx";--> statement-breakpoint
ALTER TABLE "grants" ALTER COLUMN "state" SET DATA TYPE text;--> statement-breakpoint
ALTER TABLE "notices" ALTER COLUMN "request_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "group_index" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "as_role" text;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "granted_seconds" integer;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "filed_by" uuid;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "start_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "extends_grant_id" uuid;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "filing_key" uuid;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "urgency" "urgency" DEFAULT 'normal' NOT NULL;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "subject" "notice_subject";--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "subject_id" uuid;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "stage" integer;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "deadline" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "once" text;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "mail_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "mail_id" uuid;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "unmailed_code" text;--> statement-breakpoint
ALTER TABLE "break_glass_signatures" ADD CONSTRAINT "break_glass_signatures_use_id_break_glass_uses_id_fk" FOREIGN KEY ("use_id") REFERENCES "public"."break_glass_uses"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass_signatures" ADD CONSTRAINT "break_glass_signatures_signer_id_people_id_fk" FOREIGN KEY ("signer_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass_signatures" ADD CONSTRAINT "break_glass_signatures_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass_uses" ADD CONSTRAINT "break_glass_uses_user_id_people_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass_uses" ADD CONSTRAINT "break_glass_uses_charter_version_id_charter_versions_id_fk" FOREIGN KEY ("charter_version_id") REFERENCES "public"."charter_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."visits"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "absences" ADD CONSTRAINT "absences_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "absences" ADD CONSTRAINT "absences_stand_in_id_people_id_fk" FOREIGN KEY ("stand_in_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_messages" ADD CONSTRAINT "request_messages_request_id_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_messages" ADD CONSTRAINT "request_messages_author_id_people_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "requests_waiting" ADD CONSTRAINT "requests_waiting_request_id_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_preferences" ADD CONSTRAINT "notice_preferences_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhooks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_keys" ADD CONSTRAINT "webhook_keys_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhooks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "break_glass_signatures_one_key" ON "break_glass_signatures" USING btree ("use_id","signer_id");--> statement-breakpoint
CREATE INDEX "break_glass_signatures_signer_idx" ON "break_glass_signatures" USING btree ("signer_id");--> statement-breakpoint
CREATE INDEX "break_glass_signatures_credential_idx" ON "break_glass_signatures" USING btree ("credential_id");--> statement-breakpoint
CREATE UNIQUE INDEX "break_glass_uses_number_key" ON "break_glass_uses" USING btree ("number");--> statement-breakpoint
CREATE INDEX "break_glass_uses_user_idx" ON "break_glass_uses" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "break_glass_uses_charter_idx" ON "break_glass_uses" USING btree ("charter_version_id");--> statement-breakpoint
CREATE UNIQUE INDEX "break_glass_uses_debt_key" ON "break_glass_uses" USING btree ("using_role") WHERE "break_glass_uses"."offline" is null and "break_glass_uses"."state" in ('awaitingSecond', 'inUse', 'reviewOwed', 'overdue');--> statement-breakpoint
CREATE INDEX "break_glass_uses_owing_idx" ON "break_glass_uses" USING btree ("id") WHERE "break_glass_uses"."state" in ('awaitingSecond', 'inUse', 'reviewOwed', 'overdue');--> statement-breakpoint
CREATE INDEX "visits_person_idx" ON "visits" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "visits_recorder_idx" ON "visits" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "visits_verifier_idx" ON "visits" USING btree ("verified_by");--> statement-breakpoint
CREATE INDEX "visits_retractor_idx" ON "visits" USING btree ("retracted_by");--> statement-breakpoint
CREATE INDEX "visits_evidence_idx" ON "visits" USING btree ("evidence_file_id");--> statement-breakpoint
CREATE UNIQUE INDEX "visits_corrects_key" ON "visits" USING btree ("corrects");--> statement-breakpoint
CREATE INDEX "absences_person_idx" ON "absences" USING btree ("person_id","valid_until");--> statement-breakpoint
CREATE INDEX "absences_stand_in_idx" ON "absences" USING btree ("stand_in_id","valid_until");--> statement-breakpoint
CREATE UNIQUE INDEX "absences_open_key" ON "absences" USING btree ("person_id","valid_from") WHERE "absences"."end_entry_id" is null;--> statement-breakpoint
CREATE INDEX "drafts_updated_idx" ON "drafts" USING btree ("updated_at");--> statement-breakpoint
CREATE INDEX "request_messages_request_idx" ON "request_messages" USING btree ("request_id","at");--> statement-breakpoint
CREATE INDEX "request_messages_author_idx" ON "request_messages" USING btree ("author_id");--> statement-breakpoint
CREATE INDEX "requests_waiting_queue_idx" ON "requests_waiting" USING btree ("role","decide_by","request_id");--> statement-breakpoint
CREATE INDEX "mails_person_idx" ON "mails" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "mails_waiting_idx" ON "mails" USING btree ("urgency" DESC NULLS LAST,"next_at") WHERE "mails"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "mails_dead_idx" ON "mails" USING btree ("done_at") WHERE "mails"."state" = 'dead';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_webhook_idx" ON "webhook_deliveries" USING btree ("webhook_id","made_at");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_waiting_idx" ON "webhook_deliveries" USING btree ("next_at") WHERE "webhook_deliveries"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_done_idx" ON "webhook_deliveries" USING btree ("done_at") WHERE "webhook_deliveries"."done_at" is not null;--> statement-breakpoint
CREATE INDEX "webhook_keys_webhook_idx" ON "webhook_keys" USING btree ("webhook_id");--> statement-breakpoint
CREATE INDEX "webhooks_creator_idx" ON "webhooks" USING btree ("created_by");--> statement-breakpoint
ALTER TABLE "requests" ADD CONSTRAINT "requests_filed_by_people_id_fk" FOREIGN KEY ("filed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "requests" ADD CONSTRAINT "requests_extends_grant_id_grants_id_fk" FOREIGN KEY ("extends_grant_id") REFERENCES "public"."grants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_mail_id_mails_id_fk" FOREIGN KEY ("mail_id") REFERENCES "public"."mails"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "requests_filed_by_idx" ON "requests" USING btree ("filed_by");--> statement-breakpoint
CREATE UNIQUE INDEX "requests_filing_key" ON "requests" USING btree ("filing_key");--> statement-breakpoint
CREATE INDEX "requests_extends_idx" ON "requests" USING btree ("extends_grant_id");--> statement-breakpoint
CREATE INDEX "notices_mail_idx" ON "notices" USING btree ("mail_id");--> statement-breakpoint
CREATE INDEX "notices_to_mail_idx" ON "notices" USING btree ("mail_at") WHERE "notices"."mail_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "notices_once_key" ON "notices" USING btree ("person_id","once") WHERE "notices"."once" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "decisions_one_per_person_key" ON "decisions" USING btree ("request_id","revision","approver_id");--> statement-breakpoint
CREATE UNIQUE INDEX "grants_live_key" ON "grants" USING btree ("person_id","role") WHERE "grants"."state" not in ('ended', 'expired', 'revoked', 'voided', 'failed');--> statement-breakpoint
CREATE INDEX "grants_open_idx" ON "grants" USING btree ("state") WHERE "grants"."state" not in ('ended', 'expired', 'revoked', 'voided', 'failed');--> statement-breakpoint
CREATE INDEX "grants_running_idx" ON "grants" USING btree ("id") WHERE "grants"."state" in ('scheduled', 'planned', 'provisioning', 'active', 'extending', 'drifted');--> statement-breakpoint
CREATE INDEX "notices_person_idx" ON "notices" USING btree ("person_id","at");--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_state" CHECK ("grants"."state" in ('scheduled', 'planned', 'provisioning', 'active', 'extending', 'drifted', 'removing', 'postponed', 'notConfirmed', 'ended', 'expired', 'revoked', 'voided', 'failed'));--> statement-breakpoint
ALTER TABLE "requests" ADD CONSTRAINT "requests_filed_by_other" CHECK ("requests"."filed_by" is null or "requests"."filed_by" <> "requests"."requester_id");--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_one_subject" CHECK ("notices"."request_id" is null or "notices"."subject" is null);--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_subject" CHECK ("notices"."subject" is not null or "notices"."subject_id" is null);--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_mail" CHECK ("notices"."mail_at" is null or ("notices"."mail_id" is null and "notices"."unmailed_code" is null));--> statement-breakpoint
DROP TYPE "public"."grant_state";