CREATE TABLE "readiness_readings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"asked_by" uuid NOT NULL,
	"started_at" timestamp (3) with time zone,
	"done" integer,
	"total" integer,
	"finished_at" timestamp (3) with time zone,
	"report_id" uuid,
	"trouble" text,
	CONSTRAINT "readiness_readings_outcome" CHECK (("readiness_readings"."finished_at" is not null) = (num_nonnulls("readiness_readings"."report_id", "readiness_readings"."trouble") = 1)),
	CONSTRAINT "readiness_readings_progress" CHECK (("readiness_readings"."done" is null) = ("readiness_readings"."total" is null))
);
--> statement-breakpoint
ALTER TABLE "readiness_readings" ADD CONSTRAINT "readiness_readings_asked_by_people_id_fk" FOREIGN KEY ("asked_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readiness_readings" ADD CONSTRAINT "readiness_readings_report_id_readiness_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."readiness_reports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "readiness_readings_asked_idx" ON "readiness_readings" USING btree ("asked_at");--> statement-breakpoint
CREATE INDEX "readiness_readings_asker_idx" ON "readiness_readings" USING btree ("asked_by");--> statement-breakpoint
CREATE INDEX "readiness_readings_report_idx" ON "readiness_readings" USING btree ("report_id");--> statement-breakpoint
CREATE UNIQUE INDEX "readiness_readings_one_open" ON "readiness_readings" USING btree ((true)) WHERE "readiness_readings"."finished_at" is null;