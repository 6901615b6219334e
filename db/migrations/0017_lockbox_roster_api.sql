CREATE TYPE "public"."lockbox_state" AS ENUM('pending', 'approving', 'denying', 'sendFailed', 'approvedAtProvider', 'overtaken', 'accessEnding', 'accessEnded', 'denied', 'deniedElsewhere', 'expired', 'withdrawnByProvider');--> statement-breakpoint
CREATE TYPE "public"."provider" AS ENUM('azure', 'm365', 'other');--> statement-breakpoint
ALTER TYPE "public"."challenge_purpose" ADD VALUE 'api_token';--> statement-breakpoint
ALTER TYPE "public"."challenge_purpose" ADD VALUE 'lockbox';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_answer_due' BEFORE 'coverage_gap';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_out_of_band' BEFORE 'coverage_gap';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_send_failed' BEFORE 'coverage_gap';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_access_open' BEFORE 'coverage_gap';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_access_ended' BEFORE 'coverage_gap';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_decided' BEFORE 'coverage_gap';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'coverage_gap_near' BEFORE 'clearance_lapses';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'coverage_restored' BEFORE 'clearance_lapses';--> statement-breakpoint
ALTER TYPE "public"."workflow_kind" ADD VALUE 'lockbox';--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"name" text NOT NULL,
	"token_sha256" text NOT NULL,
	"scopes" jsonb NOT NULL,
	"credential_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"revoked_by" uuid,
	CONSTRAINT "api_tokens_ends" CHECK ("api_tokens"."expires_at" > "api_tokens"."created_at")
);
--> statement-breakpoint
CREATE TABLE "filings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"filed_by" uuid NOT NULL,
	"refused" jsonb NOT NULL,
	"token_id" uuid,
	"body_sha256" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lockbox_decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"request_id" uuid NOT NULL,
	"stage" integer NOT NULL,
	"approver_id" uuid NOT NULL,
	"verdict" text NOT NULL,
	"reason" text NOT NULL,
	"envelope" jsonb NOT NULL,
	"assertion" jsonb NOT NULL,
	"credential_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "lockbox_decisions_verdict" CHECK ("lockbox_decisions"."verdict" in ('approve', 'deny'))
);
--> statement-breakpoint
CREATE TABLE "lockbox_polls" (
	"boundary_id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"ok_at" timestamp (3) with time zone,
	"trouble" text
);
--> statement-breakpoint
CREATE TABLE "lockbox_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" bigint GENERATED ALWAYS AS IDENTITY (sequence name "lockbox_requests_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"provider" "provider" NOT NULL,
	"scope" text NOT NULL,
	"provider_request_id" text NOT NULL,
	"boundary_id" uuid,
	"origin" text NOT NULL,
	"asked" jsonb NOT NULL,
	"request_sha256" text NOT NULL,
	"requester_id" uuid,
	"beneficiary_id" uuid,
	"brought_by" uuid,
	"charter_version_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"state" "lockbox_state" NOT NULL,
	"context" jsonb NOT NULL,
	"machine_version" integer NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "lockbox_requests_version_positive" CHECK ("lockbox_requests"."version" > 0),
	CONSTRAINT "lockbox_requests_inside" CHECK (("lockbox_requests"."origin" = 'inside') = ("lockbox_requests"."beneficiary_id" is not null) and ("lockbox_requests"."requester_id" is null) = ("lockbox_requests"."beneficiary_id" is null)),
	CONSTRAINT "lockbox_requests_origin" CHECK ("lockbox_requests"."origin" in ('poll', 'import', 'hand', 'inside'))
);
--> statement-breakpoint
CREATE TABLE "provider_boundaries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"provider" "provider" NOT NULL,
	"name" text NOT NULL,
	"scope" text NOT NULL,
	"approver_role" text NOT NULL,
	"holders_needed" integer NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "provider_boundaries_needed" CHECK ("provider_boundaries"."holders_needed" between 1 and 99),
	CONSTRAINT "provider_boundaries_scope" CHECK ("provider_boundaries"."scope" = lower("provider_boundaries"."scope") and "provider_boundaries"."scope" <> '')
);
--> statement-breakpoint
CREATE TABLE "coverage_gaps" (
	"id" uuid PRIMARY KEY NOT NULL,
	"row" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"told" text NOT NULL,
	"found_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "coverage_gaps_told" CHECK ("coverage_gaps"."told" in ('nothing', 'week', 'day', 'begun')),
	CONSTRAINT "coverage_gaps_interval" CHECK ("coverage_gaps"."ends_at" > "coverage_gaps"."starts_at")
);
--> statement-breakpoint
CREATE TABLE "provider_holders" (
	"id" uuid PRIMARY KEY NOT NULL,
	"boundary_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"evidence" text NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL,
	"end_entry_id" uuid,
	CONSTRAINT "provider_holders_interval" CHECK ("provider_holders"."valid_until" is null or "provider_holders"."valid_until" >= "provider_holders"."valid_from")
);
--> statement-breakpoint
CREATE TABLE "provider_readings" (
	"boundary_id" uuid PRIMARY KEY NOT NULL,
	"read_at" timestamp (3) with time zone,
	"tried_at" timestamp (3) with time zone NOT NULL,
	"trouble" text
);
--> statement-breakpoint
CREATE TABLE "provider_shifts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"boundary_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"days" text[],
	"starts_at" text,
	"ends_at" text,
	"zone" text,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL,
	"removed_at" timestamp (3) with time zone,
	"remove_entry_id" uuid,
	CONSTRAINT "provider_shifts_kind" CHECK ("provider_shifts"."kind" in ('weekly', 'on', 'off')),
	CONSTRAINT "provider_shifts_week" CHECK (("provider_shifts"."kind" = 'weekly') = ("provider_shifts"."days" is not null and "provider_shifts"."starts_at" is not null and "provider_shifts"."ends_at" is not null and "provider_shifts"."zone" is not null)),
	CONSTRAINT "provider_shifts_interval" CHECK (case when "provider_shifts"."valid_until" is null then "provider_shifts"."kind" = 'weekly' else "provider_shifts"."valid_until" > "provider_shifts"."valid_from" end)
);
--> statement-breakpoint
CREATE TABLE "provider_sightings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"boundary_id" uuid NOT NULL,
	"object_id" text NOT NULL,
	"kind" text NOT NULL,
	"valid_from" timestamp (3) with time zone,
	"valid_until" timestamp (3) with time zone,
	CONSTRAINT "provider_sightings_kind" CHECK ("provider_sightings"."kind" in ('active', 'eligible'))
);
--> statement-breakpoint
DROP INDEX "requests_filing_key";--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_revoked_by_people_id_fk" FOREIGN KEY ("revoked_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "filings" ADD CONSTRAINT "filings_filed_by_people_id_fk" FOREIGN KEY ("filed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "filings" ADD CONSTRAINT "filings_token_id_api_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."api_tokens"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lockbox_decisions" ADD CONSTRAINT "lockbox_decisions_request_id_lockbox_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."lockbox_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lockbox_decisions" ADD CONSTRAINT "lockbox_decisions_approver_id_people_id_fk" FOREIGN KEY ("approver_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lockbox_decisions" ADD CONSTRAINT "lockbox_decisions_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lockbox_polls" ADD CONSTRAINT "lockbox_polls_boundary_id_provider_boundaries_id_fk" FOREIGN KEY ("boundary_id") REFERENCES "public"."provider_boundaries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lockbox_requests" ADD CONSTRAINT "lockbox_requests_boundary_id_provider_boundaries_id_fk" FOREIGN KEY ("boundary_id") REFERENCES "public"."provider_boundaries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lockbox_requests" ADD CONSTRAINT "lockbox_requests_requester_id_people_id_fk" FOREIGN KEY ("requester_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lockbox_requests" ADD CONSTRAINT "lockbox_requests_beneficiary_id_people_id_fk" FOREIGN KEY ("beneficiary_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lockbox_requests" ADD CONSTRAINT "lockbox_requests_brought_by_people_id_fk" FOREIGN KEY ("brought_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lockbox_requests" ADD CONSTRAINT "lockbox_requests_charter_version_id_charter_versions_id_fk" FOREIGN KEY ("charter_version_id") REFERENCES "public"."charter_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_boundaries" ADD CONSTRAINT "provider_boundaries_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_holders" ADD CONSTRAINT "provider_holders_boundary_id_provider_boundaries_id_fk" FOREIGN KEY ("boundary_id") REFERENCES "public"."provider_boundaries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_holders" ADD CONSTRAINT "provider_holders_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_holders" ADD CONSTRAINT "provider_holders_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_readings" ADD CONSTRAINT "provider_readings_boundary_id_provider_boundaries_id_fk" FOREIGN KEY ("boundary_id") REFERENCES "public"."provider_boundaries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_shifts" ADD CONSTRAINT "provider_shifts_boundary_id_provider_boundaries_id_fk" FOREIGN KEY ("boundary_id") REFERENCES "public"."provider_boundaries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_shifts" ADD CONSTRAINT "provider_shifts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_shifts" ADD CONSTRAINT "provider_shifts_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_sightings" ADD CONSTRAINT "provider_sightings_boundary_id_provider_boundaries_id_fk" FOREIGN KEY ("boundary_id") REFERENCES "public"."provider_boundaries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_tokens_token_key" ON "api_tokens" USING btree ("token_sha256");--> statement-breakpoint
CREATE INDEX "api_tokens_person_idx" ON "api_tokens" USING btree ("person_id","created_at");--> statement-breakpoint
CREATE INDEX "api_tokens_credential_idx" ON "api_tokens" USING btree ("credential_id");--> statement-breakpoint
CREATE INDEX "api_tokens_revoked_by_idx" ON "api_tokens" USING btree ("revoked_by");--> statement-breakpoint
CREATE INDEX "api_tokens_created_idx" ON "api_tokens" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "filings_filed_by_idx" ON "filings" USING btree ("filed_by");--> statement-breakpoint
CREATE INDEX "filings_token_idx" ON "filings" USING btree ("token_id");--> statement-breakpoint
CREATE UNIQUE INDEX "lockbox_decisions_one_key" ON "lockbox_decisions" USING btree ("request_id","approver_id");--> statement-breakpoint
CREATE INDEX "lockbox_decisions_approver_idx" ON "lockbox_decisions" USING btree ("approver_id");--> statement-breakpoint
CREATE INDEX "lockbox_decisions_credential_idx" ON "lockbox_decisions" USING btree ("credential_id");--> statement-breakpoint
CREATE UNIQUE INDEX "lockbox_requests_number_key" ON "lockbox_requests" USING btree ("number");--> statement-breakpoint
CREATE UNIQUE INDEX "lockbox_requests_provider_key" ON "lockbox_requests" USING btree ("provider","scope","provider_request_id");--> statement-breakpoint
CREATE INDEX "lockbox_requests_boundary_idx" ON "lockbox_requests" USING btree ("boundary_id");--> statement-breakpoint
CREATE INDEX "lockbox_requests_requester_idx" ON "lockbox_requests" USING btree ("requester_id");--> statement-breakpoint
CREATE INDEX "lockbox_requests_beneficiary_idx" ON "lockbox_requests" USING btree ("beneficiary_id");--> statement-breakpoint
CREATE INDEX "lockbox_requests_brought_idx" ON "lockbox_requests" USING btree ("brought_by");--> statement-breakpoint
CREATE INDEX "lockbox_requests_charter_idx" ON "lockbox_requests" USING btree ("charter_version_id");--> statement-breakpoint
CREATE INDEX "lockbox_requests_open_idx" ON "lockbox_requests" USING btree ("id") WHERE "lockbox_requests"."state" in ('pending', 'approving', 'denying', 'sendFailed', 'approvedAtProvider', 'overtaken', 'accessEnding');--> statement-breakpoint
CREATE UNIQUE INDEX "provider_boundaries_scope_key" ON "provider_boundaries" USING btree ("provider","scope") WHERE "provider_boundaries"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "provider_boundaries_recorder_idx" ON "provider_boundaries" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "coverage_gaps_open_idx" ON "coverage_gaps" USING btree ("row","starts_at") WHERE "coverage_gaps"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "provider_holders_boundary_idx" ON "provider_holders" USING btree ("boundary_id","valid_until");--> statement-breakpoint
CREATE INDEX "provider_holders_person_idx" ON "provider_holders" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "provider_holders_recorder_idx" ON "provider_holders" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "provider_shifts_boundary_idx" ON "provider_shifts" USING btree ("boundary_id");--> statement-breakpoint
CREATE INDEX "provider_shifts_person_idx" ON "provider_shifts" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "provider_shifts_recorder_idx" ON "provider_shifts" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "provider_sightings_boundary_idx" ON "provider_sightings" USING btree ("boundary_id");--> statement-breakpoint
CREATE UNIQUE INDEX "requests_filing_role_key" ON "requests" USING btree ("filing_key","role");