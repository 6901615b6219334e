CREATE TYPE "public"."lockbox_state" AS ENUM('pending', 'approving', 'denying', 'sendFailed', 'approvedAtProvider', 'overtaken', 'accessEnding', 'accessEnded', 'denied', 'deniedElsewhere', 'expired', 'withdrawnByProvider');--> statement-breakpoint
CREATE TYPE "public"."provider" AS ENUM('azure', 'm365', 'other');--> statement-breakpoint
ALTER TYPE "public"."challenge_purpose" ADD VALUE 'lockbox';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_answer_due' BEFORE 'coverage_gap';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_out_of_band' BEFORE 'coverage_gap';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_send_failed' BEFORE 'coverage_gap';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_access_open' BEFORE 'coverage_gap';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_access_ended' BEFORE 'coverage_gap';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'lockbox_decided' BEFORE 'coverage_gap';--> statement-breakpoint
ALTER TYPE "public"."workflow_kind" ADD VALUE 'lockbox';--> statement-breakpoint
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
CREATE INDEX "provider_boundaries_recorder_idx" ON "provider_boundaries" USING btree ("recorded_by");