ALTER TYPE "public"."vetting_state" ADD VALUE 'cancelled';--> statement-breakpoint
CREATE TABLE "visits" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"source" "fact_source" DEFAULT 'import' NOT NULL,
	"evidence" text NOT NULL,
	"evidence_file_id" uuid,
	"corrects" uuid,
	"verified_at" timestamp (3) with time zone,
	"verified_by" uuid,
	"retracted_at" timestamp (3) with time zone,
	"retracted_by" uuid,
	"retraction_reason" text,
	"host" text NOT NULL,
	"country" text NOT NULL,
	"contact" text NOT NULL,
	"purpose" text NOT NULL,
	"scheme" text NOT NULL,
	"level" text NOT NULL,
	CONSTRAINT "visits_end" CHECK ("visits"."valid_until" is not null),
	CONSTRAINT "visits_country" CHECK ("visits"."country" ~ '^[A-Z]{2}$'),
	CONSTRAINT "visits_interval" CHECK ("visits"."valid_until" is null or "visits"."valid_until" > "visits"."valid_from"),
	CONSTRAINT "visits_verified" CHECK (("visits"."verified_at" is null) = ("visits"."verified_by" is null)),
	CONSTRAINT "visits_retracted" CHECK ("visits"."retracted_at" is not null or ("visits"."retracted_by" is null and "visits"."retraction_reason" is null))
);
--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."visits"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "visits_person_idx" ON "visits" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "visits_recorder_idx" ON "visits" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "visits_verifier_idx" ON "visits" USING btree ("verified_by");--> statement-breakpoint
CREATE INDEX "visits_retractor_idx" ON "visits" USING btree ("retracted_by");--> statement-breakpoint
CREATE INDEX "visits_evidence_idx" ON "visits" USING btree ("evidence_file_id");--> statement-breakpoint
CREATE UNIQUE INDEX "visits_corrects_key" ON "visits" USING btree ("corrects");