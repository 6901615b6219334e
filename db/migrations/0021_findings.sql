ALTER TYPE "public"."challenge_purpose" ADD VALUE 'finding';--> statement-breakpoint
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
ALTER TABLE "finding_decisions" ADD CONSTRAINT "finding_decisions_finding_id_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "finding_decisions" ADD CONSTRAINT "finding_decisions_officer_id_people_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "finding_decisions" ADD CONSTRAINT "finding_decisions_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "findings" ADD CONSTRAINT "findings_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "findings" ADD CONSTRAINT "findings_charter_version_id_charter_versions_id_fk" FOREIGN KEY ("charter_version_id") REFERENCES "public"."charter_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
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
CREATE INDEX "grants_closed_idx" ON "grants" USING btree (("context" ->> 'closedAt'));