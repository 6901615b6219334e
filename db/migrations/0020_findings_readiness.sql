ALTER TYPE "public"."challenge_purpose" ADD VALUE 'finding';--> statement-breakpoint
ALTER TYPE "public"."suspension_effect" ADD VALUE 'lockbox';--> statement-breakpoint
ALTER TYPE "public"."suspension_effect" ADD VALUE 'lockbox_approval';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'finding_to_decide' BEFORE 'person_suspended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'finding_held' BEFORE 'person_suspended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'finding_not_removed' BEFORE 'person_suspended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'finding_removed' BEFORE 'person_suspended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'finding_break_glass' BEFORE 'person_suspended';--> statement-breakpoint
ALTER TYPE "public"."workflow_kind" ADD VALUE 'finding';--> statement-breakpoint
CREATE TABLE "finding_decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"finding_id" uuid NOT NULL,
	"officer_id" uuid NOT NULL,
	"step" text NOT NULL,
	"reason" text NOT NULL,
	"accepted_until" timestamp (3) with time zone,
	"envelope" jsonb NOT NULL,
	"assertion" jsonb NOT NULL,
	"credential_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "finding_decisions_step" CHECK ("finding_decisions"."step" in ('remove', 'accept', 'ask_release', 'release')),
	CONSTRAINT "finding_decisions_until" CHECK (("finding_decisions"."step" = 'accept') = ("finding_decisions"."accepted_until" is not null))
);
--> statement-breakpoint
CREATE TABLE "findings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" bigint GENERATED ALWAYS AS IDENTITY (sequence name "findings_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"key" text NOT NULL,
	"family" text NOT NULL,
	"person_id" uuid,
	"charter_version_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"state" text NOT NULL,
	"context" jsonb NOT NULL,
	"machine_version" integer NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"removed_at" timestamp (3) with time zone,
	CONSTRAINT "findings_version_positive" CHECK ("findings"."version" > 0),
	CONSTRAINT "findings_state" CHECK ("findings"."state" in ('seen', 'alerted', 'awaiting', 'referred', 'accepted', 'ordered', 'held', 'removing', 'postponed', 'notConfirmed', 'removed', 'gone', 'explained', 'neverConfirmed')),
	CONSTRAINT "findings_family" CHECK ("findings"."family" in ('holding', 'grant', 'policy'))
);
--> statement-breakpoint
CREATE TABLE "policy_baselines" (
	"key" text PRIMARY KEY NOT NULL,
	"baseline" jsonb NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reconcile_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"what" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone NOT NULL,
	"trouble" text,
	"unread" jsonb NOT NULL,
	"holdings" integer NOT NULL,
	"opened" integer NOT NULL,
	"sighted" integer NOT NULL,
	"missed" integer NOT NULL,
	"watched" jsonb NOT NULL,
	CONSTRAINT "reconcile_runs_what" CHECK ("reconcile_runs"."what" in ('privileges', 'everything'))
);
--> statement-breakpoint
CREATE TABLE "readiness_accounts" (
	"report_id" uuid NOT NULL,
	"object_id" text NOT NULL,
	"name" text,
	"upn" text,
	CONSTRAINT "readiness_accounts_report_id_object_id_pk" PRIMARY KEY("report_id","object_id")
);
--> statement-breakpoint
CREATE TABLE "readiness_reports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" integer GENERATED ALWAYS AS IDENTITY (sequence name "readiness_reports_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"made_at" timestamp (3) with time zone NOT NULL,
	"made_by" uuid NOT NULL,
	"source" text NOT NULL,
	"read_at" timestamp (3) with time zone NOT NULL,
	"charter_version" integer NOT NULL,
	"score" double precision NOT NULL,
	"report" jsonb NOT NULL,
	"entry_id" uuid NOT NULL,
	CONSTRAINT "readiness_reports_source" CHECK ("readiness_reports"."source" in ('tenant', 'files')),
	CONSTRAINT "readiness_reports_score" CHECK ("readiness_reports"."score" between 0 and 1)
);
--> statement-breakpoint
CREATE TABLE "readiness_tasks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"what" text NOT NULL,
	"about" text,
	"count" integer NOT NULL,
	"phase" text NOT NULL,
	"duty" text NOT NULL,
	"owner_id" uuid,
	"due_on" date NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"done_at" timestamp (3) with time zone,
	"done_by" uuid,
	"mended_at" timestamp (3) with time zone,
	"version" integer NOT NULL,
	CONSTRAINT "readiness_tasks_done" CHECK (("readiness_tasks"."done_at" is null) = ("readiness_tasks"."done_by" is null)),
	CONSTRAINT "readiness_tasks_phase" CHECK ("readiness_tasks"."phase" in ('assessment', 'cutover'))
);
--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "sessions_ended_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "finding_decisions" ADD CONSTRAINT "finding_decisions_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "finding_decisions" ADD CONSTRAINT "finding_decisions_officer_id_people_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "finding_decisions" ADD CONSTRAINT "finding_decisions_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "findings" ADD CONSTRAINT "findings_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "findings" ADD CONSTRAINT "findings_charter_version_id_charter_versions_id_fk" FOREIGN KEY ("charter_version_id") REFERENCES "public"."charter_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readiness_accounts" ADD CONSTRAINT "readiness_accounts_report_id_readiness_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."readiness_reports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readiness_reports" ADD CONSTRAINT "readiness_reports_made_by_people_id_fk" FOREIGN KEY ("made_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readiness_tasks" ADD CONSTRAINT "readiness_tasks_owner_id_people_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readiness_tasks" ADD CONSTRAINT "readiness_tasks_done_by_people_id_fk" FOREIGN KEY ("done_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "finding_decisions_finding_idx" ON "finding_decisions" USING btree ("finding_id");--> statement-breakpoint
CREATE INDEX "finding_decisions_officer_idx" ON "finding_decisions" USING btree ("officer_id");--> statement-breakpoint
CREATE INDEX "finding_decisions_credential_idx" ON "finding_decisions" USING btree ("credential_id");--> statement-breakpoint
CREATE UNIQUE INDEX "findings_number_key" ON "findings" USING btree ("number");--> statement-breakpoint
CREATE UNIQUE INDEX "findings_open_key" ON "findings" USING btree ("key") WHERE "findings"."state" not in ('removed', 'gone', 'explained', 'neverConfirmed');--> statement-breakpoint
CREATE INDEX "findings_open_idx" ON "findings" USING btree ("id") WHERE "findings"."state" not in ('removed', 'gone', 'explained', 'neverConfirmed');--> statement-breakpoint
CREATE INDEX "findings_person_idx" ON "findings" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "findings_charter_idx" ON "findings" USING btree ("charter_version_id");--> statement-breakpoint
CREATE INDEX "findings_sent_idx" ON "findings" USING btree ("sent_at");--> statement-breakpoint
CREATE INDEX "findings_removed_idx" ON "findings" USING btree ("removed_at");--> statement-breakpoint
CREATE INDEX "reconcile_runs_finished_idx" ON "reconcile_runs" USING btree ("finished_at");--> statement-breakpoint
CREATE INDEX "readiness_accounts_object_idx" ON "readiness_accounts" USING btree ("object_id");--> statement-breakpoint
CREATE UNIQUE INDEX "readiness_reports_number_key" ON "readiness_reports" USING btree ("number");--> statement-breakpoint
CREATE INDEX "readiness_reports_maker_idx" ON "readiness_reports" USING btree ("made_by");--> statement-breakpoint
CREATE UNIQUE INDEX "readiness_tasks_key" ON "readiness_tasks" USING btree ("key");--> statement-breakpoint
CREATE INDEX "readiness_tasks_owner_idx" ON "readiness_tasks" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "readiness_tasks_doer_idx" ON "readiness_tasks" USING btree ("done_by");--> statement-breakpoint
CREATE INDEX "readiness_tasks_due_idx" ON "readiness_tasks" USING btree ("due_on") WHERE "readiness_tasks"."done_at" is null and "readiness_tasks"."mended_at" is null;--> statement-breakpoint
CREATE INDEX "grants_closed_idx" ON "grants" USING btree (("context" ->> 'closedAt'));