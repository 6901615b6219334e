CREATE TYPE "public"."vetting_state" AS ENUM('requested', 'sponsored', 'invited', 'submitted', 'checks_running', 'clarification', 'adjudication', 'granted', 'granted_with_conditions', 'denied', 'briefed_active', 'review_for_cause', 'suspended', 'revoked', 'appeal', 'expired', 'lapsed_no_sponsor', 'admin_withdrawn', 'transferred_out', 'debriefed');--> statement-breakpoint
ALTER TYPE "public"."challenge_purpose" ADD VALUE 'vetting';--> statement-breakpoint
ALTER TYPE "public"."workflow_kind" ADD VALUE 'vetting';--> statement-breakpoint
CREATE TABLE "vetting_cases" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" bigint GENERATED ALWAYS AS IDENTITY (sequence name "vetting_cases_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"person_id" uuid NOT NULL,
	"scheme" text NOT NULL,
	"level" text NOT NULL,
	"post" text,
	"sponsor_id" uuid,
	"needed_from" timestamp (3) with time zone,
	"needed_until" timestamp (3) with time zone,
	"terms" jsonb,
	"proposed_terms" jsonb,
	"opened_by" uuid NOT NULL,
	"proposed_by" uuid,
	"confirmed_by" uuid,
	"state" "vetting_state" NOT NULL,
	"due_at" timestamp (3) with time zone,
	"papers_asked" boolean NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"context" jsonb NOT NULL,
	"machine_version" integer NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "vetting_cases_version_positive" CHECK ("vetting_cases"."version" > 0),
	CONSTRAINT "vetting_cases_two_officers" CHECK ("vetting_cases"."confirmed_by" <> "vetting_cases"."proposed_by"),
	CONSTRAINT "vetting_cases_not_own" CHECK ("vetting_cases"."person_id" not in ("vetting_cases"."proposed_by", "vetting_cases"."confirmed_by", "vetting_cases"."opened_by")),
	CONSTRAINT "vetting_cases_not_own_sponsor" CHECK ("vetting_cases"."sponsor_id" <> "vetting_cases"."person_id"),
	CONSTRAINT "vetting_cases_needed" CHECK ("vetting_cases"."needed_until" > "vetting_cases"."needed_from")
);
--> statement-breakpoint
CREATE TABLE "vetting_evidence" (
	"id" uuid PRIMARY KEY NOT NULL,
	"case_id" uuid NOT NULL,
	"item" text NOT NULL,
	"reference" text NOT NULL,
	"file_sha256" text,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL,
	CONSTRAINT "vetting_evidence_digest" CHECK ("vetting_evidence"."file_sha256" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "clearance_id" uuid;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "post" text;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "sponsor_id" uuid;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "conditions" text;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "issued_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "manager_id" uuid;--> statement-breakpoint
ALTER TABLE "vetting_cases" ADD CONSTRAINT "vetting_cases_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vetting_cases" ADD CONSTRAINT "vetting_cases_sponsor_id_people_id_fk" FOREIGN KEY ("sponsor_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vetting_cases" ADD CONSTRAINT "vetting_cases_opened_by_people_id_fk" FOREIGN KEY ("opened_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vetting_cases" ADD CONSTRAINT "vetting_cases_proposed_by_people_id_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vetting_cases" ADD CONSTRAINT "vetting_cases_confirmed_by_people_id_fk" FOREIGN KEY ("confirmed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vetting_evidence" ADD CONSTRAINT "vetting_evidence_case_id_vetting_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."vetting_cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vetting_evidence" ADD CONSTRAINT "vetting_evidence_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "vetting_cases_number_key" ON "vetting_cases" USING btree ("number");--> statement-breakpoint
CREATE INDEX "vetting_cases_person_idx" ON "vetting_cases" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "vetting_cases_sponsor_idx" ON "vetting_cases" USING btree ("sponsor_id");--> statement-breakpoint
CREATE INDEX "vetting_cases_opener_idx" ON "vetting_cases" USING btree ("opened_by");--> statement-breakpoint
CREATE INDEX "vetting_cases_proposer_idx" ON "vetting_cases" USING btree ("proposed_by");--> statement-breakpoint
CREATE INDEX "vetting_cases_confirmer_idx" ON "vetting_cases" USING btree ("confirmed_by");--> statement-breakpoint
CREATE INDEX "vetting_cases_due_idx" ON "vetting_cases" USING btree ("due_at","id");--> statement-breakpoint
CREATE INDEX "vetting_cases_state_idx" ON "vetting_cases" USING btree ("state");--> statement-breakpoint
CREATE UNIQUE INDEX "vetting_cases_underway_key" ON "vetting_cases" USING btree ("person_id","scheme","level") WHERE "vetting_cases"."state" in ('requested', 'sponsored', 'invited', 'submitted', 'checks_running', 'clarification', 'adjudication', 'granted', 'granted_with_conditions');--> statement-breakpoint
CREATE INDEX "vetting_evidence_case_idx" ON "vetting_evidence" USING btree ("case_id","recorded_at");--> statement-breakpoint
CREATE INDEX "vetting_evidence_recorder_idx" ON "vetting_evidence" USING btree ("recorded_by");--> statement-breakpoint
ALTER TABLE "clearances" ADD CONSTRAINT "clearances_sponsor_id_people_id_fk" FOREIGN KEY ("sponsor_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "people_manager_id_people_id_fk" FOREIGN KEY ("manager_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "clearances_history_idx" ON "clearances" USING btree ("clearance_id");--> statement-breakpoint
CREATE INDEX "clearances_sponsor_idx" ON "clearances" USING btree ("sponsor_id");--> statement-breakpoint
CREATE INDEX "people_manager_idx" ON "people" USING btree ("manager_id");--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "people_own_manager" CHECK ("people"."manager_id" <> "people"."id");