CREATE TYPE "public"."grant_state" AS ENUM('planned', 'provisioning', 'active', 'removing', 'postponed', 'notConfirmed', 'ended', 'failed');--> statement-breakpoint
CREATE TYPE "public"."request_state" AS ENUM('pending', 'approved', 'denied', 'withdrawn', 'timedOut', 'voided');--> statement-breakpoint
CREATE TYPE "public"."challenge_purpose" AS ENUM('enrol', 'sign_in', 'decision');--> statement-breakpoint
CREATE TYPE "public"."clearance_state" AS ENUM('granted', 'suspended', 'revoked');--> statement-breakpoint
CREATE TYPE "public"."workflow_kind" AS ENUM('request', 'grant');--> statement-breakpoint
CREATE TABLE "decisions" (
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
	"decided_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "decisions_verdict" CHECK ("decisions"."verdict" in ('approve', 'deny'))
);
--> statement-breakpoint
CREATE TABLE "grants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"request_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"role" text NOT NULL,
	"state" "grant_state" NOT NULL,
	"context" jsonb NOT NULL,
	"machine_version" integer NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "grants_version_positive" CHECK ("grants"."version" > 0)
);
--> statement-breakpoint
CREATE TABLE "requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" bigint GENERATED ALWAYS AS IDENTITY (sequence name "requests_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"requester_id" uuid NOT NULL,
	"role" text NOT NULL,
	"charter_version_id" uuid NOT NULL,
	"duration_seconds" integer NOT NULL,
	"reason" text NOT NULL,
	"ticket" text NOT NULL,
	"request_sha256" text NOT NULL,
	"state" "request_state" NOT NULL,
	"context" jsonb NOT NULL,
	"machine_version" integer NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "requests_version_positive" CHECK ("requests"."version" > 0),
	CONSTRAINT "requests_duration_positive" CHECK ("requests"."duration_seconds" > 0)
);
--> statement-breakpoint
CREATE TABLE "charter_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"charter_id" text NOT NULL,
	"version" integer NOT NULL,
	"yaml" text NOT NULL,
	"text_sha256" text NOT NULL,
	"in_force_from" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL,
	CONSTRAINT "charter_versions_positive" CHECK ("charter_versions"."version" > 0)
);
--> statement-breakpoint
CREATE TABLE "challenges" (
	"id" uuid PRIMARY KEY NOT NULL,
	"purpose" "challenge_purpose" NOT NULL,
	"person_id" uuid,
	"challenge" text NOT NULL,
	"payload" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" "bytea" NOT NULL,
	"sign_count" bigint NOT NULL,
	"aaguid" text NOT NULL,
	"transports" jsonb NOT NULL,
	"backed_up" boolean NOT NULL,
	"entry_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "credentials_sign_count" CHECK ("credentials"."sign_count" >= 0)
);
--> statement-breakpoint
CREATE TABLE "enrolment_links" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"token_sha256" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token_sha256" text NOT NULL,
	"person_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "ledger_checkpoints" (
	"size" bigint PRIMARY KEY NOT NULL,
	"note" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ledger_checkpoints_size" CHECK ("ledger_checkpoints"."size" > 0)
);
--> statement-breakpoint
CREATE TABLE "ledger_entries" (
	"index" bigint PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject" uuid,
	"time" timestamp (3) with time zone NOT NULL,
	"leaf" "bytea" NOT NULL,
	"leaf_hash" "bytea" NOT NULL,
	CONSTRAINT "ledger_entries_index" CHECK ("ledger_entries"."index" >= 0),
	CONSTRAINT "ledger_entries_hash" CHECK (octet_length("ledger_entries"."leaf_hash") = 32),
	CONSTRAINT "ledger_entries_size" CHECK (octet_length("ledger_entries"."leaf") <= 65535)
);
--> statement-breakpoint
CREATE TABLE "ledger_openings" (
	"entry_id" uuid NOT NULL,
	"group" text NOT NULL,
	"salt" text NOT NULL,
	"record" jsonb NOT NULL,
	CONSTRAINT "ledger_openings_entry_id_group_pk" PRIMARY KEY("entry_id","group")
);
--> statement-breakpoint
CREATE TABLE "ledger_pending" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ledger_pending_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject" uuid,
	"time" timestamp (3) with time zone NOT NULL,
	"leaf" "bytea" NOT NULL,
	CONSTRAINT "ledger_pending_id_key" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "ledger_state" (
	"id" integer PRIMARY KEY NOT NULL,
	"size" bigint NOT NULL,
	"edge" jsonb NOT NULL,
	CONSTRAINT "ledger_state_one_row" CHECK ("ledger_state"."id" = 1),
	CONSTRAINT "ledger_state_size" CHECK ("ledger_state"."size" >= 0)
);
--> statement-breakpoint
CREATE TABLE "appointments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"evidence" text NOT NULL,
	"role" text NOT NULL,
	CONSTRAINT "appointments_interval" CHECK ("appointments"."valid_until" is null or "appointments"."valid_until" > "appointments"."valid_from")
);
--> statement-breakpoint
CREATE TABLE "citizenships" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"evidence" text NOT NULL,
	"country" text NOT NULL,
	CONSTRAINT "citizenships_interval" CHECK ("citizenships"."valid_until" is null or "citizenships"."valid_until" > "citizenships"."valid_from"),
	CONSTRAINT "citizenships_country" CHECK ("citizenships"."country" ~ '^[A-Z]{2}$')
);
--> statement-breakpoint
CREATE TABLE "clearances" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"evidence" text NOT NULL,
	"scheme" text NOT NULL,
	"level" text NOT NULL,
	"issuer" text NOT NULL,
	"state" "clearance_state" NOT NULL,
	CONSTRAINT "clearances_interval" CHECK ("clearances"."valid_until" is null or "clearances"."valid_until" > "clearances"."valid_from")
);
--> statement-breakpoint
CREATE TABLE "facility_authorisations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"evidence" text NOT NULL,
	"facility" text NOT NULL,
	CONSTRAINT "facility_authorisations_interval" CHECK ("facility_authorisations"."valid_until" is null or "facility_authorisations"."valid_until" > "facility_authorisations"."valid_from")
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" uuid PRIMARY KEY NOT NULL,
	"display_name" text NOT NULL,
	"user_principal_name" text NOT NULL,
	"entra_object_id" uuid NOT NULL,
	"employer" text NOT NULL,
	"persona" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "timers" (
	"workflow" "workflow_kind" NOT NULL,
	"workflow_id" uuid NOT NULL,
	"name" text NOT NULL,
	"event" text NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "timers_workflow_workflow_id_name_pk" PRIMARY KEY("workflow","workflow_id","name")
);
--> statement-breakpoint
CREATE TABLE "workflow_events" (
	"workflow" "workflow_kind" NOT NULL,
	"workflow_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"event" jsonb NOT NULL,
	"state" text NOT NULL,
	"actor_id" uuid,
	"entry_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "workflow_events_workflow_workflow_id_version_pk" PRIMARY KEY("workflow","workflow_id","version"),
	CONSTRAINT "workflow_events_version_positive" CHECK ("workflow_events"."version" > 0)
);
--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_request_id_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_approver_id_people_id_fk" FOREIGN KEY ("approver_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_request_id_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "requests" ADD CONSTRAINT "requests_requester_id_people_id_fk" FOREIGN KEY ("requester_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "requests" ADD CONSTRAINT "requests_charter_version_id_charter_versions_id_fk" FOREIGN KEY ("charter_version_id") REFERENCES "public"."charter_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "challenges" ADD CONSTRAINT "challenges_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrolment_links" ADD CONSTRAINT "enrolment_links_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citizenships" ADD CONSTRAINT "citizenships_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citizenships" ADD CONSTRAINT "citizenships_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clearances" ADD CONSTRAINT "clearances_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clearances" ADD CONSTRAINT "clearances_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD CONSTRAINT "facility_authorisations_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD CONSTRAINT "facility_authorisations_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "decisions_one_per_person_key" ON "decisions" USING btree ("request_id","approver_id");--> statement-breakpoint
CREATE INDEX "decisions_approver_idx" ON "decisions" USING btree ("approver_id");--> statement-breakpoint
CREATE INDEX "decisions_credential_idx" ON "decisions" USING btree ("credential_id");--> statement-breakpoint
CREATE UNIQUE INDEX "grants_request_key" ON "grants" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "grants_person_idx" ON "grants" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "grants_live_key" ON "grants" USING btree ("person_id","role") WHERE "grants"."state" not in ('ended', 'failed');--> statement-breakpoint
CREATE INDEX "grants_created_idx" ON "grants" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "grants_open_idx" ON "grants" USING btree ("state") WHERE "grants"."state" not in ('ended', 'failed');--> statement-breakpoint
CREATE UNIQUE INDEX "requests_number_key" ON "requests" USING btree ("number");--> statement-breakpoint
CREATE INDEX "requests_requester_idx" ON "requests" USING btree ("requester_id","created_at");--> statement-breakpoint
CREATE INDEX "requests_charter_idx" ON "requests" USING btree ("charter_version_id");--> statement-breakpoint
CREATE INDEX "requests_created_idx" ON "requests" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "requests_pending_key" ON "requests" USING btree ("requester_id","role") WHERE "requests"."state" = 'pending';--> statement-breakpoint
CREATE UNIQUE INDEX "charter_versions_version_key" ON "charter_versions" USING btree ("charter_id","version");--> statement-breakpoint
CREATE INDEX "charter_versions_force_idx" ON "charter_versions" USING btree ("in_force_from");--> statement-breakpoint
CREATE INDEX "challenges_person_idx" ON "challenges" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "challenges_expiry_idx" ON "challenges" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "credentials_credential_key" ON "credentials" USING btree ("credential_id");--> statement-breakpoint
CREATE INDEX "credentials_person_idx" ON "credentials" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "enrolment_links_token_key" ON "enrolment_links" USING btree ("token_sha256");--> statement-breakpoint
CREATE INDEX "enrolment_links_person_idx" ON "enrolment_links" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_token_key" ON "sessions" USING btree ("token_sha256");--> statement-breakpoint
CREATE INDEX "sessions_person_idx" ON "sessions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "sessions_expiry_idx" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_entries_id_key" ON "ledger_entries" USING btree ("id");--> statement-breakpoint
CREATE INDEX "ledger_entries_kind_idx" ON "ledger_entries" USING btree ("kind","index");--> statement-breakpoint
CREATE INDEX "ledger_entries_subject_idx" ON "ledger_entries" USING btree ("subject","index");--> statement-breakpoint
CREATE INDEX "ledger_entries_time_idx" ON "ledger_entries" USING btree ("time");--> statement-breakpoint
CREATE INDEX "appointments_person_idx" ON "appointments" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "appointments_role_idx" ON "appointments" USING btree ("role");--> statement-breakpoint
CREATE INDEX "appointments_recorder_idx" ON "appointments" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "citizenships_person_idx" ON "citizenships" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "citizenships_recorder_idx" ON "citizenships" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "clearances_person_idx" ON "clearances" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "clearances_recorder_idx" ON "clearances" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "facility_authorisations_person_idx" ON "facility_authorisations" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "facility_authorisations_recorder_idx" ON "facility_authorisations" USING btree ("recorded_by");--> statement-breakpoint
CREATE UNIQUE INDEX "people_upn_key" ON "people" USING btree (lower("user_principal_name"));--> statement-breakpoint
CREATE UNIQUE INDEX "people_entra_object_key" ON "people" USING btree ("entra_object_id");--> statement-breakpoint
CREATE INDEX "people_name_idx" ON "people" USING btree ("display_name","id");--> statement-breakpoint
CREATE INDEX "timers_due_idx" ON "timers" USING btree ("due_at");