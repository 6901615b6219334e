CREATE TYPE "public"."alarm_subject" AS ENUM('request', 'grant', 'timer');--> statement-breakpoint
CREATE TYPE "public"."notice_kind" AS ENUM('request_voided', 'grant_ending', 'approval_fell');--> statement-breakpoint
CREATE TYPE "public"."suspension_effect" AS ENUM('request', 'approval', 'grant', 'session', 'link', 'amendment', 'tenant_sessions');--> statement-breakpoint
ALTER TYPE "public"."challenge_purpose" ADD VALUE 'suspension';--> statement-breakpoint
CREATE TABLE "lapse_alarms" (
	"id" uuid PRIMARY KEY NOT NULL,
	"what" "alarm_subject" NOT NULL,
	"target_id" uuid NOT NULL,
	"code" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL,
	"acknowledged_at" timestamp (3) with time zone,
	"acknowledged_by" uuid,
	CONSTRAINT "lapse_alarms_acknowledged" CHECK (("lapse_alarms"."acknowledged_at" is null) = ("lapse_alarms"."acknowledged_by" is null))
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"kind" "notice_kind" NOT NULL,
	"request_id" uuid NOT NULL,
	"code" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"seen_at" timestamp (3) with time zone,
	"mailed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "suspension_effects" (
	"suspension_id" uuid NOT NULL,
	"effect" "suspension_effect" NOT NULL,
	"target_id" uuid NOT NULL,
	"confirmed_at" timestamp (3) with time zone,
	CONSTRAINT "suspension_effects_suspension_id_effect_target_id_pk" PRIMARY KEY("suspension_id","effect","target_id")
);
--> statement-breakpoint
CREATE TABLE "suspension_lifts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"suspension_id" uuid NOT NULL,
	"proposed_by" uuid NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL,
	"confirmed_by" uuid,
	CONSTRAINT "suspension_lifts_two" CHECK ("suspension_lifts"."confirmed_by" is null or "suspension_lifts"."confirmed_by" <> "suspension_lifts"."proposed_by")
);
--> statement-breakpoint
CREATE TABLE "suspensions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"officer_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL,
	"lifted_at" timestamp (3) with time zone,
	"lift_entry_id" uuid,
	CONSTRAINT "suspensions_other" CHECK ("suspensions"."officer_id" <> "suspensions"."person_id"),
	CONSTRAINT "suspensions_interval" CHECK ("suspensions"."lifted_at" is null or "suspensions"."lifted_at" > "suspensions"."at"),
	CONSTRAINT "suspensions_lifted" CHECK (("suspensions"."lifted_at" is null) = ("suspensions"."lift_entry_id" is null))
);
--> statement-breakpoint
ALTER TABLE "lapse_alarms" ADD CONSTRAINT "lapse_alarms_acknowledged_by_people_id_fk" FOREIGN KEY ("acknowledged_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_request_id_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspension_effects" ADD CONSTRAINT "suspension_effects_suspension_id_suspensions_id_fk" FOREIGN KEY ("suspension_id") REFERENCES "public"."suspensions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspension_lifts" ADD CONSTRAINT "suspension_lifts_suspension_id_suspensions_id_fk" FOREIGN KEY ("suspension_id") REFERENCES "public"."suspensions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspension_lifts" ADD CONSTRAINT "suspension_lifts_proposed_by_people_id_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspension_lifts" ADD CONSTRAINT "suspension_lifts_confirmed_by_people_id_fk" FOREIGN KEY ("confirmed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspensions" ADD CONSTRAINT "suspensions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspensions" ADD CONSTRAINT "suspensions_officer_id_people_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "lapse_alarms_open_key" ON "lapse_alarms" USING btree ("what","target_id","code") WHERE "lapse_alarms"."acknowledged_at" is null;--> statement-breakpoint
CREATE INDEX "lapse_alarms_acknowledger_idx" ON "lapse_alarms" USING btree ("acknowledged_by");--> statement-breakpoint
CREATE INDEX "notices_unseen_idx" ON "notices" USING btree ("person_id","at") WHERE "notices"."seen_at" is null;--> statement-breakpoint
CREATE INDEX "notices_person_idx" ON "notices" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "notices_request_idx" ON "notices" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "notices_unmailed_idx" ON "notices" USING btree ("at") WHERE "notices"."mailed_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "suspension_lifts_one_key" ON "suspension_lifts" USING btree ("suspension_id");--> statement-breakpoint
CREATE INDEX "suspension_lifts_proposer_idx" ON "suspension_lifts" USING btree ("proposed_by");--> statement-breakpoint
CREATE INDEX "suspension_lifts_confirmer_idx" ON "suspension_lifts" USING btree ("confirmed_by");--> statement-breakpoint
CREATE INDEX "suspensions_person_idx" ON "suspensions" USING btree ("person_id","at");--> statement-breakpoint
CREATE INDEX "suspensions_officer_idx" ON "suspensions" USING btree ("officer_id");--> statement-breakpoint
CREATE UNIQUE INDEX "suspensions_open_key" ON "suspensions" USING btree ("person_id") WHERE "suspensions"."lifted_at" is null;--> statement-breakpoint
CREATE INDEX "grants_running_idx" ON "grants" USING btree ("id") WHERE "grants"."state" in ('planned', 'provisioning', 'active');--> statement-breakpoint
CREATE INDEX "requests_waiting_idx" ON "requests" USING btree ("id") WHERE "requests"."state" = 'pending';