CREATE TYPE "public"."amendment_state" AS ENUM('draft', 'proposed', 'signed', 'inForce', 'superseded', 'withdrawn', 'rejected', 'lapsed', 'stopped');--> statement-breakpoint
CREATE TYPE "public"."attendance_kind" AS ENUM('briefing', 'training');--> statement-breakpoint
CREATE TYPE "public"."presence_source" AS ENUM('badge', 'network');--> statement-breakpoint
CREATE TYPE "public"."residence_status" AS ENUM('resident', 'permanent', 'protected');--> statement-breakpoint
ALTER TYPE "public"."challenge_purpose" ADD VALUE 'amendment';--> statement-breakpoint
ALTER TYPE "public"."workflow_kind" ADD VALUE 'amendment';--> statement-breakpoint
CREATE TABLE "amendment_signatures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"amendment_id" uuid NOT NULL,
	"owner_id" uuid NOT NULL,
	"verdict" text NOT NULL,
	"reason" text NOT NULL,
	"envelope" jsonb NOT NULL,
	"assertion" jsonb NOT NULL,
	"credential_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "amendment_signatures_verdict" CHECK ("amendment_signatures"."verdict" in ('sign', 'reject'))
);
--> statement-breakpoint
CREATE TABLE "amendments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"charter_id" text NOT NULL,
	"version" integer NOT NULL,
	"yaml" text NOT NULL,
	"reason" text NOT NULL,
	"base_version_id" uuid NOT NULL,
	"drafter_id" uuid NOT NULL,
	"state" "amendment_state" NOT NULL,
	"context" jsonb NOT NULL,
	"machine_version" integer NOT NULL,
	"lock_version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "amendments_lock_positive" CHECK ("amendments"."lock_version" > 0),
	CONSTRAINT "amendments_version_positive" CHECK ("amendments"."version" > 1)
);
--> statement-breakpoint
CREATE TABLE "attendances" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"retracted_at" timestamp (3) with time zone,
	"evidence" text NOT NULL,
	"kind" "attendance_kind" NOT NULL,
	"key" text NOT NULL,
	CONSTRAINT "attendances_interval" CHECK ("attendances"."valid_until" is null or "attendances"."valid_until" > "attendances"."valid_from")
);
--> statement-breakpoint
CREATE TABLE "employments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"retracted_at" timestamp (3) with time zone,
	"evidence" text NOT NULL,
	"employer" text NOT NULL,
	"under" text,
	"flow_down" boolean NOT NULL,
	CONSTRAINT "employments_interval" CHECK ("employments"."valid_until" is null or "employments"."valid_until" > "employments"."valid_from")
);
--> statement-breakpoint
CREATE TABLE "presences" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"retracted_at" timestamp (3) with time zone,
	"evidence" text NOT NULL,
	"facility" text NOT NULL,
	"by" "presence_source" NOT NULL,
	CONSTRAINT "presences_interval" CHECK ("presences"."valid_until" is null or "presences"."valid_until" > "presences"."valid_from")
);
--> statement-breakpoint
CREATE TABLE "residences" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"retracted_at" timestamp (3) with time zone,
	"evidence" text NOT NULL,
	"country" text NOT NULL,
	"status" "residence_status" NOT NULL,
	CONSTRAINT "residences_interval" CHECK ("residences"."valid_until" is null or "residences"."valid_until" > "residences"."valid_from"),
	CONSTRAINT "residences_country" CHECK ("residences"."country" ~ '^[A-Z]{2}$')
);
--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "device_bound" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "attested" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "appointments" ADD COLUMN "retracted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "citizenships" ADD COLUMN "retracted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "retracted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD COLUMN "retracted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "amendment_signatures" ADD CONSTRAINT "amendment_signatures_amendment_id_amendments_id_fk" FOREIGN KEY ("amendment_id") REFERENCES "public"."amendments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "amendment_signatures" ADD CONSTRAINT "amendment_signatures_owner_id_people_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "amendment_signatures" ADD CONSTRAINT "amendment_signatures_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "amendments" ADD CONSTRAINT "amendments_base_version_id_charter_versions_id_fk" FOREIGN KEY ("base_version_id") REFERENCES "public"."charter_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "amendments" ADD CONSTRAINT "amendments_drafter_id_people_id_fk" FOREIGN KEY ("drafter_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attendances" ADD CONSTRAINT "attendances_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attendances" ADD CONSTRAINT "attendances_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "employments" ADD CONSTRAINT "employments_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "employments" ADD CONSTRAINT "employments_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "residences" ADD CONSTRAINT "residences_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "residences" ADD CONSTRAINT "residences_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "amendment_signatures_one_per_person_key" ON "amendment_signatures" USING btree ("amendment_id","owner_id");--> statement-breakpoint
CREATE INDEX "amendment_signatures_owner_idx" ON "amendment_signatures" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "amendment_signatures_credential_idx" ON "amendment_signatures" USING btree ("credential_id");--> statement-breakpoint
CREATE INDEX "amendments_base_idx" ON "amendments" USING btree ("base_version_id");--> statement-breakpoint
CREATE INDEX "amendments_drafter_idx" ON "amendments" USING btree ("drafter_id");--> statement-breakpoint
CREATE INDEX "amendments_created_idx" ON "amendments" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "amendments_open_key" ON "amendments" USING btree ("charter_id") WHERE "amendments"."state" in ('proposed', 'signed');--> statement-breakpoint
CREATE INDEX "attendances_person_idx" ON "attendances" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "attendances_recorder_idx" ON "attendances" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "employments_person_idx" ON "employments" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "employments_recorder_idx" ON "employments" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "presences_person_idx" ON "presences" USING btree ("person_id","valid_from");--> statement-breakpoint
CREATE INDEX "presences_recorder_idx" ON "presences" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "residences_person_idx" ON "residences" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "residences_recorder_idx" ON "residences" USING btree ("recorded_by");