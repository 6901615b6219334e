CREATE TYPE "public"."badge_direction" AS ENUM('in', 'out');--> statement-breakpoint
CREATE TABLE "badge_deliveries" (
	"feed_id" uuid NOT NULL,
	"delivery_id" text NOT NULL,
	"body_sha256" text NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "badge_deliveries_feed_id_delivery_id_pk" PRIMARY KEY("feed_id","delivery_id")
);
--> statement-breakpoint
CREATE TABLE "badge_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"feed_id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"badge" text NOT NULL,
	"facility" text NOT NULL,
	"direction" "badge_direction" NOT NULL,
	"person_id" uuid
);
--> statement-breakpoint
CREATE TABLE "badge_feed_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"feed_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "badge_feeds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"facilities" jsonb NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "badges" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"number" text NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid NOT NULL,
	"returned_at" timestamp (3) with time zone,
	CONSTRAINT "badges_interval" CHECK ("badges"."returned_at" is null or "badges"."returned_at" >= "badges"."issued_at")
);
--> statement-breakpoint
ALTER TABLE "presences" ADD COLUMN "badge_event_id" uuid;--> statement-breakpoint
ALTER TABLE "badge_deliveries" ADD CONSTRAINT "badge_deliveries_feed_id_badge_feeds_id_fk" FOREIGN KEY ("feed_id") REFERENCES "public"."badge_feeds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "badge_events" ADD CONSTRAINT "badge_events_feed_id_badge_feeds_id_fk" FOREIGN KEY ("feed_id") REFERENCES "public"."badge_feeds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "badge_events" ADD CONSTRAINT "badge_events_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "badge_feed_keys" ADD CONSTRAINT "badge_feed_keys_feed_id_badge_feeds_id_fk" FOREIGN KEY ("feed_id") REFERENCES "public"."badge_feeds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "badge_feeds" ADD CONSTRAINT "badge_feeds_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "badges" ADD CONSTRAINT "badges_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "badges" ADD CONSTRAINT "badges_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "badge_deliveries_received_idx" ON "badge_deliveries" USING btree ("received_at");--> statement-breakpoint
CREATE UNIQUE INDEX "badge_events_external_key" ON "badge_events" USING btree ("feed_id","external_id");--> statement-breakpoint
CREATE INDEX "badge_events_person_idx" ON "badge_events" USING btree ("person_id","at");--> statement-breakpoint
CREATE INDEX "badge_events_unknown_idx" ON "badge_events" USING btree ("badge","at") WHERE "badge_events"."person_id" is null;--> statement-breakpoint
CREATE INDEX "badge_feed_keys_feed_idx" ON "badge_feed_keys" USING btree ("feed_id");--> statement-breakpoint
CREATE INDEX "badge_feeds_creator_idx" ON "badge_feeds" USING btree ("created_by");--> statement-breakpoint
CREATE INDEX "badges_person_idx" ON "badges" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "badges_recorder_idx" ON "badges" USING btree ("recorded_by");--> statement-breakpoint
CREATE UNIQUE INDEX "badges_number_key" ON "badges" USING btree ("number") WHERE "badges"."returned_at" is null;--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_badge_event_id_badge_events_id_fk" FOREIGN KEY ("badge_event_id") REFERENCES "public"."badge_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "presences_event_idx" ON "presences" USING btree ("badge_event_id");--> statement-breakpoint
CREATE INDEX "presences_facility_idx" ON "presences" USING btree ("facility","valid_until");