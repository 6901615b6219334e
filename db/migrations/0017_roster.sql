CREATE TYPE "public"."provider" AS ENUM('azure', 'm365', 'other');--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'coverage_gap_near' BEFORE 'clearance_lapses';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'coverage_restored' BEFORE 'clearance_lapses';--> statement-breakpoint
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
ALTER TABLE "provider_boundaries" ADD CONSTRAINT "provider_boundaries_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_holders" ADD CONSTRAINT "provider_holders_boundary_id_provider_boundaries_id_fk" FOREIGN KEY ("boundary_id") REFERENCES "public"."provider_boundaries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_holders" ADD CONSTRAINT "provider_holders_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_holders" ADD CONSTRAINT "provider_holders_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_readings" ADD CONSTRAINT "provider_readings_boundary_id_provider_boundaries_id_fk" FOREIGN KEY ("boundary_id") REFERENCES "public"."provider_boundaries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_shifts" ADD CONSTRAINT "provider_shifts_boundary_id_provider_boundaries_id_fk" FOREIGN KEY ("boundary_id") REFERENCES "public"."provider_boundaries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_shifts" ADD CONSTRAINT "provider_shifts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_shifts" ADD CONSTRAINT "provider_shifts_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_sightings" ADD CONSTRAINT "provider_sightings_boundary_id_provider_boundaries_id_fk" FOREIGN KEY ("boundary_id") REFERENCES "public"."provider_boundaries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "provider_boundaries_scope_key" ON "provider_boundaries" USING btree ("provider","scope") WHERE "provider_boundaries"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "provider_boundaries_recorder_idx" ON "provider_boundaries" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "coverage_gaps_open_idx" ON "coverage_gaps" USING btree ("row","starts_at") WHERE "coverage_gaps"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "provider_holders_boundary_idx" ON "provider_holders" USING btree ("boundary_id","valid_until");--> statement-breakpoint
CREATE INDEX "provider_holders_person_idx" ON "provider_holders" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "provider_holders_recorder_idx" ON "provider_holders" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "provider_shifts_boundary_idx" ON "provider_shifts" USING btree ("boundary_id");--> statement-breakpoint
CREATE INDEX "provider_shifts_person_idx" ON "provider_shifts" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "provider_shifts_recorder_idx" ON "provider_shifts" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "provider_sightings_boundary_idx" ON "provider_sightings" USING btree ("boundary_id");