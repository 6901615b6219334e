CREATE TYPE "public"."citizenship_document" AS ENUM('passport', 'identity_card', 'certificate', 'register', 'declaration');--> statement-breakpoint
CREATE TYPE "public"."fact_source" AS ENUM('officer', 'import', 'scim', 'vetting_case', 'feed');--> statement-breakpoint
CREATE TYPE "public"."travel_verdict" AS ENUM('approved', 'refused');--> statement-breakpoint
CREATE TYPE "public"."evidence_type" AS ENUM('application/pdf', 'image/jpeg', 'image/png');--> statement-breakpoint
CREATE TABLE "agreements" (
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
	"key" text NOT NULL,
	"party" text NOT NULL,
	CONSTRAINT "agreements_interval" CHECK ("agreements"."valid_until" is null or "agreements"."valid_until" > "agreements"."valid_from"),
	CONSTRAINT "agreements_verified" CHECK (("agreements"."verified_at" is null) = ("agreements"."verified_by" is null)),
	CONSTRAINT "agreements_retracted" CHECK ("agreements"."retracted_at" is not null or ("agreements"."retracted_by" is null and "agreements"."retraction_reason" is null))
);
--> statement-breakpoint
CREATE TABLE "read_ins" (
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
	"caveat" text NOT NULL,
	CONSTRAINT "read_ins_interval" CHECK ("read_ins"."valid_until" is null or "read_ins"."valid_until" > "read_ins"."valid_from"),
	CONSTRAINT "read_ins_verified" CHECK (("read_ins"."verified_at" is null) = ("read_ins"."verified_by" is null)),
	CONSTRAINT "read_ins_retracted" CHECK ("read_ins"."retracted_at" is not null or ("read_ins"."retracted_by" is null and "read_ins"."retraction_reason" is null))
);
--> statement-breakpoint
CREATE TABLE "reportable_events" (
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
	"event" text NOT NULL,
	"details" text NOT NULL,
	"reporter" text NOT NULL,
	"severity" text NOT NULL,
	"triaged_at" timestamp (3) with time zone,
	"triaged_by" uuid,
	"outcome" text,
	CONSTRAINT "reportable_events_triaged" CHECK (("reportable_events"."triaged_at" is null) = ("reportable_events"."triaged_by" is null)),
	CONSTRAINT "reportable_events_interval" CHECK ("reportable_events"."valid_until" is null or "reportable_events"."valid_until" > "reportable_events"."valid_from"),
	CONSTRAINT "reportable_events_verified" CHECK (("reportable_events"."verified_at" is null) = ("reportable_events"."verified_by" is null)),
	CONSTRAINT "reportable_events_retracted" CHECK ("reportable_events"."retracted_at" is not null or ("reportable_events"."retracted_by" is null and "reportable_events"."retraction_reason" is null))
);
--> statement-breakpoint
CREATE TABLE "travels" (
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
	"countries" text[] NOT NULL,
	"itinerary" text NOT NULL,
	"verdict" "travel_verdict",
	"decided_at" timestamp (3) with time zone,
	"decided_by" uuid,
	"debriefed_at" timestamp (3) with time zone,
	"debriefed_by" uuid,
	CONSTRAINT "travels_end" CHECK ("travels"."valid_until" is not null),
	CONSTRAINT "travels_decided" CHECK (("travels"."verdict" is null) = ("travels"."decided_at" is null)),
	CONSTRAINT "travels_debriefed" CHECK (("travels"."debriefed_at" is null) = ("travels"."debriefed_by" is null)),
	CONSTRAINT "travels_interval" CHECK ("travels"."valid_until" is null or "travels"."valid_until" > "travels"."valid_from"),
	CONSTRAINT "travels_verified" CHECK (("travels"."verified_at" is null) = ("travels"."verified_by" is null)),
	CONSTRAINT "travels_retracted" CHECK ("travels"."retracted_at" is not null or ("travels"."retracted_by" is null and "travels"."retraction_reason" is null))
);
--> statement-breakpoint
CREATE TABLE "evidence_files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"type" "evidence_type" NOT NULL,
	"sha256" text NOT NULL,
	"bytes" bigint NOT NULL,
	"key_id" text NOT NULL,
	"nonce" "bytea" NOT NULL,
	"tag" "bytea" NOT NULL,
	"stored_at" timestamp (3) with time zone NOT NULL,
	"stored_by" uuid NOT NULL,
	CONSTRAINT "evidence_files_sha256" CHECK ("evidence_files"."sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "evidence_files_nonce" CHECK (octet_length("evidence_files"."nonce") = 12 and octet_length("evidence_files"."tag") = 16)
);
--> statement-breakpoint
CREATE TABLE "evidence_pieces" (
	"file_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "evidence_pieces_file_id_position_pk" PRIMARY KEY("file_id","position")
);
--> statement-breakpoint
ALTER TABLE "appointments" ADD COLUMN "source" "fact_source" DEFAULT 'import' NOT NULL;--> statement-breakpoint
ALTER TABLE "appointments" ADD COLUMN "evidence_file_id" uuid;--> statement-breakpoint
ALTER TABLE "appointments" ADD COLUMN "corrects" uuid;--> statement-breakpoint
ALTER TABLE "appointments" ADD COLUMN "verified_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "appointments" ADD COLUMN "verified_by" uuid;--> statement-breakpoint
ALTER TABLE "appointments" ADD COLUMN "retracted_by" uuid;--> statement-breakpoint
ALTER TABLE "appointments" ADD COLUMN "retraction_reason" text;--> statement-breakpoint
ALTER TABLE "attendances" ADD COLUMN "source" "fact_source" DEFAULT 'import' NOT NULL;--> statement-breakpoint
ALTER TABLE "attendances" ADD COLUMN "evidence_file_id" uuid;--> statement-breakpoint
ALTER TABLE "attendances" ADD COLUMN "corrects" uuid;--> statement-breakpoint
ALTER TABLE "attendances" ADD COLUMN "verified_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "attendances" ADD COLUMN "verified_by" uuid;--> statement-breakpoint
ALTER TABLE "attendances" ADD COLUMN "retracted_by" uuid;--> statement-breakpoint
ALTER TABLE "attendances" ADD COLUMN "retraction_reason" text;--> statement-breakpoint
ALTER TABLE "citizenships" ADD COLUMN "source" "fact_source" DEFAULT 'import' NOT NULL;--> statement-breakpoint
ALTER TABLE "citizenships" ADD COLUMN "evidence_file_id" uuid;--> statement-breakpoint
ALTER TABLE "citizenships" ADD COLUMN "corrects" uuid;--> statement-breakpoint
ALTER TABLE "citizenships" ADD COLUMN "verified_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "citizenships" ADD COLUMN "verified_by" uuid;--> statement-breakpoint
ALTER TABLE "citizenships" ADD COLUMN "retracted_by" uuid;--> statement-breakpoint
ALTER TABLE "citizenships" ADD COLUMN "retraction_reason" text;--> statement-breakpoint
ALTER TABLE "citizenships" ADD COLUMN "document" "citizenship_document";--> statement-breakpoint
ALTER TABLE "citizenships" ADD COLUMN "issuer" text;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "source" "fact_source" DEFAULT 'import' NOT NULL;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "evidence_file_id" uuid;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "corrects" uuid;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "verified_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "verified_by" uuid;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "retracted_by" uuid;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "retraction_reason" text;--> statement-breakpoint
ALTER TABLE "employments" ADD COLUMN "source" "fact_source" DEFAULT 'import' NOT NULL;--> statement-breakpoint
ALTER TABLE "employments" ADD COLUMN "evidence_file_id" uuid;--> statement-breakpoint
ALTER TABLE "employments" ADD COLUMN "corrects" uuid;--> statement-breakpoint
ALTER TABLE "employments" ADD COLUMN "verified_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "employments" ADD COLUMN "verified_by" uuid;--> statement-breakpoint
ALTER TABLE "employments" ADD COLUMN "retracted_by" uuid;--> statement-breakpoint
ALTER TABLE "employments" ADD COLUMN "retraction_reason" text;--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD COLUMN "source" "fact_source" DEFAULT 'import' NOT NULL;--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD COLUMN "evidence_file_id" uuid;--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD COLUMN "corrects" uuid;--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD COLUMN "verified_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD COLUMN "verified_by" uuid;--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD COLUMN "retracted_by" uuid;--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD COLUMN "retraction_reason" text;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "personnel_number" text;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "manager_id" uuid;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "words" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', lower(translate(display_name || ' ' || user_principal_name || ' ' || employer || ' ' || coalesce(personnel_number, ''), 'àáâãäåāăąçćčďđèéêëēęěìíîïīłñńňòóôõöøōőřśšşťțùúûüūůűýÿźżžÀÁÂÃÄÅĀĂĄÇĆČĎĐÈÉÊËĒĘĚÌÍÎÏĪŁÑŃŇÒÓÔÕÖØŌŐŘŚŠŞŤȚÙÚÛÜŪŮŰÝŸŹŻŽ@.-_/', 'aaaaaaaaacccddeeeeeeeiiiiilnnnoooooooorsssttuuuuuuuyyzzzaaaaaaaaacccddeeeeeeeiiiiilnnnoooooooorsssttuuuuuuuyyzzz     ')))) STORED;--> statement-breakpoint
ALTER TABLE "presences" ADD COLUMN "source" "fact_source" DEFAULT 'import' NOT NULL;--> statement-breakpoint
ALTER TABLE "presences" ADD COLUMN "evidence_file_id" uuid;--> statement-breakpoint
ALTER TABLE "presences" ADD COLUMN "corrects" uuid;--> statement-breakpoint
ALTER TABLE "presences" ADD COLUMN "verified_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "presences" ADD COLUMN "verified_by" uuid;--> statement-breakpoint
ALTER TABLE "presences" ADD COLUMN "retracted_by" uuid;--> statement-breakpoint
ALTER TABLE "presences" ADD COLUMN "retraction_reason" text;--> statement-breakpoint
ALTER TABLE "residences" ADD COLUMN "source" "fact_source" DEFAULT 'import' NOT NULL;--> statement-breakpoint
ALTER TABLE "residences" ADD COLUMN "evidence_file_id" uuid;--> statement-breakpoint
ALTER TABLE "residences" ADD COLUMN "corrects" uuid;--> statement-breakpoint
ALTER TABLE "residences" ADD COLUMN "verified_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "residences" ADD COLUMN "verified_by" uuid;--> statement-breakpoint
ALTER TABLE "residences" ADD COLUMN "retracted_by" uuid;--> statement-breakpoint
ALTER TABLE "residences" ADD COLUMN "retraction_reason" text;--> statement-breakpoint
ALTER TABLE "agreements" ADD CONSTRAINT "agreements_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreements" ADD CONSTRAINT "agreements_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreements" ADD CONSTRAINT "agreements_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreements" ADD CONSTRAINT "agreements_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreements" ADD CONSTRAINT "agreements_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agreements" ADD CONSTRAINT "agreements_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."agreements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "read_ins" ADD CONSTRAINT "read_ins_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "read_ins" ADD CONSTRAINT "read_ins_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "read_ins" ADD CONSTRAINT "read_ins_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "read_ins" ADD CONSTRAINT "read_ins_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "read_ins" ADD CONSTRAINT "read_ins_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "read_ins" ADD CONSTRAINT "read_ins_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."read_ins"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reportable_events" ADD CONSTRAINT "reportable_events_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reportable_events" ADD CONSTRAINT "reportable_events_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reportable_events" ADD CONSTRAINT "reportable_events_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reportable_events" ADD CONSTRAINT "reportable_events_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reportable_events" ADD CONSTRAINT "reportable_events_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reportable_events" ADD CONSTRAINT "reportable_events_triaged_by_people_id_fk" FOREIGN KEY ("triaged_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reportable_events" ADD CONSTRAINT "reportable_events_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."reportable_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "travels" ADD CONSTRAINT "travels_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "travels" ADD CONSTRAINT "travels_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "travels" ADD CONSTRAINT "travels_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "travels" ADD CONSTRAINT "travels_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "travels" ADD CONSTRAINT "travels_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "travels" ADD CONSTRAINT "travels_decided_by_people_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "travels" ADD CONSTRAINT "travels_debriefed_by_people_id_fk" FOREIGN KEY ("debriefed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "travels" ADD CONSTRAINT "travels_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."travels"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence_files" ADD CONSTRAINT "evidence_files_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence_files" ADD CONSTRAINT "evidence_files_stored_by_people_id_fk" FOREIGN KEY ("stored_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence_pieces" ADD CONSTRAINT "evidence_pieces_file_id_evidence_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."evidence_files"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agreements_person_idx" ON "agreements" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "agreements_recorder_idx" ON "agreements" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "agreements_verifier_idx" ON "agreements" USING btree ("verified_by");--> statement-breakpoint
CREATE INDEX "agreements_retractor_idx" ON "agreements" USING btree ("retracted_by");--> statement-breakpoint
CREATE INDEX "agreements_evidence_idx" ON "agreements" USING btree ("evidence_file_id");--> statement-breakpoint
CREATE UNIQUE INDEX "agreements_corrects_key" ON "agreements" USING btree ("corrects");--> statement-breakpoint
CREATE INDEX "read_ins_person_idx" ON "read_ins" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "read_ins_recorder_idx" ON "read_ins" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "read_ins_verifier_idx" ON "read_ins" USING btree ("verified_by");--> statement-breakpoint
CREATE INDEX "read_ins_retractor_idx" ON "read_ins" USING btree ("retracted_by");--> statement-breakpoint
CREATE INDEX "read_ins_evidence_idx" ON "read_ins" USING btree ("evidence_file_id");--> statement-breakpoint
CREATE UNIQUE INDEX "read_ins_corrects_key" ON "read_ins" USING btree ("corrects");--> statement-breakpoint
CREATE INDEX "reportable_events_person_idx" ON "reportable_events" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "reportable_events_triager_idx" ON "reportable_events" USING btree ("triaged_by");--> statement-breakpoint
CREATE INDEX "reportable_events_open_idx" ON "reportable_events" USING btree ("recorded_at") WHERE "reportable_events"."triaged_at" is null and "reportable_events"."retracted_at" is null;--> statement-breakpoint
CREATE INDEX "reportable_events_recorder_idx" ON "reportable_events" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "reportable_events_verifier_idx" ON "reportable_events" USING btree ("verified_by");--> statement-breakpoint
CREATE INDEX "reportable_events_retractor_idx" ON "reportable_events" USING btree ("retracted_by");--> statement-breakpoint
CREATE INDEX "reportable_events_evidence_idx" ON "reportable_events" USING btree ("evidence_file_id");--> statement-breakpoint
CREATE UNIQUE INDEX "reportable_events_corrects_key" ON "reportable_events" USING btree ("corrects");--> statement-breakpoint
CREATE INDEX "travels_person_idx" ON "travels" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "travels_decider_idx" ON "travels" USING btree ("decided_by");--> statement-breakpoint
CREATE INDEX "travels_debriefer_idx" ON "travels" USING btree ("debriefed_by");--> statement-breakpoint
CREATE INDEX "travels_recorder_idx" ON "travels" USING btree ("recorded_by");--> statement-breakpoint
CREATE INDEX "travels_verifier_idx" ON "travels" USING btree ("verified_by");--> statement-breakpoint
CREATE INDEX "travels_retractor_idx" ON "travels" USING btree ("retracted_by");--> statement-breakpoint
CREATE INDEX "travels_evidence_idx" ON "travels" USING btree ("evidence_file_id");--> statement-breakpoint
CREATE UNIQUE INDEX "travels_corrects_key" ON "travels" USING btree ("corrects");--> statement-breakpoint
CREATE INDEX "evidence_files_person_idx" ON "evidence_files" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "evidence_files_storer_idx" ON "evidence_files" USING btree ("stored_by");--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."appointments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attendances" ADD CONSTRAINT "attendances_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attendances" ADD CONSTRAINT "attendances_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attendances" ADD CONSTRAINT "attendances_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attendances" ADD CONSTRAINT "attendances_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."attendances"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citizenships" ADD CONSTRAINT "citizenships_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citizenships" ADD CONSTRAINT "citizenships_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citizenships" ADD CONSTRAINT "citizenships_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citizenships" ADD CONSTRAINT "citizenships_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."citizenships"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clearances" ADD CONSTRAINT "clearances_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clearances" ADD CONSTRAINT "clearances_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clearances" ADD CONSTRAINT "clearances_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clearances" ADD CONSTRAINT "clearances_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."clearances"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "employments" ADD CONSTRAINT "employments_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "employments" ADD CONSTRAINT "employments_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "employments" ADD CONSTRAINT "employments_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "employments" ADD CONSTRAINT "employments_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."employments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD CONSTRAINT "facility_authorisations_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD CONSTRAINT "facility_authorisations_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD CONSTRAINT "facility_authorisations_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD CONSTRAINT "facility_authorisations_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."facility_authorisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "people_manager_id_people_id_fk" FOREIGN KEY ("manager_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."presences"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "residences" ADD CONSTRAINT "residences_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "residences" ADD CONSTRAINT "residences_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "residences" ADD CONSTRAINT "residences_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "residences" ADD CONSTRAINT "residences_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."residences"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "appointments_verifier_idx" ON "appointments" USING btree ("verified_by");--> statement-breakpoint
CREATE INDEX "appointments_retractor_idx" ON "appointments" USING btree ("retracted_by");--> statement-breakpoint
CREATE INDEX "appointments_evidence_idx" ON "appointments" USING btree ("evidence_file_id");--> statement-breakpoint
CREATE UNIQUE INDEX "appointments_corrects_key" ON "appointments" USING btree ("corrects");--> statement-breakpoint
CREATE INDEX "attendances_verifier_idx" ON "attendances" USING btree ("verified_by");--> statement-breakpoint
CREATE INDEX "attendances_retractor_idx" ON "attendances" USING btree ("retracted_by");--> statement-breakpoint
CREATE INDEX "attendances_evidence_idx" ON "attendances" USING btree ("evidence_file_id");--> statement-breakpoint
CREATE UNIQUE INDEX "attendances_corrects_key" ON "attendances" USING btree ("corrects");--> statement-breakpoint
CREATE INDEX "citizenships_country_idx" ON "citizenships" USING btree ("country");--> statement-breakpoint
CREATE INDEX "citizenships_verifier_idx" ON "citizenships" USING btree ("verified_by");--> statement-breakpoint
CREATE INDEX "citizenships_retractor_idx" ON "citizenships" USING btree ("retracted_by");--> statement-breakpoint
CREATE INDEX "citizenships_evidence_idx" ON "citizenships" USING btree ("evidence_file_id");--> statement-breakpoint
CREATE UNIQUE INDEX "citizenships_corrects_key" ON "citizenships" USING btree ("corrects");--> statement-breakpoint
CREATE INDEX "clearances_level_idx" ON "clearances" USING btree ("scheme","level");--> statement-breakpoint
CREATE INDEX "clearances_verifier_idx" ON "clearances" USING btree ("verified_by");--> statement-breakpoint
CREATE INDEX "clearances_retractor_idx" ON "clearances" USING btree ("retracted_by");--> statement-breakpoint
CREATE INDEX "clearances_evidence_idx" ON "clearances" USING btree ("evidence_file_id");--> statement-breakpoint
CREATE UNIQUE INDEX "clearances_corrects_key" ON "clearances" USING btree ("corrects");--> statement-breakpoint
CREATE INDEX "employments_employer_idx" ON "employments" USING btree (lower("employer"));--> statement-breakpoint
CREATE INDEX "employments_verifier_idx" ON "employments" USING btree ("verified_by");--> statement-breakpoint
CREATE INDEX "employments_retractor_idx" ON "employments" USING btree ("retracted_by");--> statement-breakpoint
CREATE INDEX "employments_evidence_idx" ON "employments" USING btree ("evidence_file_id");--> statement-breakpoint
CREATE UNIQUE INDEX "employments_corrects_key" ON "employments" USING btree ("corrects");--> statement-breakpoint
CREATE INDEX "facility_authorisations_facility_idx" ON "facility_authorisations" USING btree ("facility");--> statement-breakpoint
CREATE INDEX "facility_authorisations_verifier_idx" ON "facility_authorisations" USING btree ("verified_by");--> statement-breakpoint
CREATE INDEX "facility_authorisations_retractor_idx" ON "facility_authorisations" USING btree ("retracted_by");--> statement-breakpoint
CREATE INDEX "facility_authorisations_evidence_idx" ON "facility_authorisations" USING btree ("evidence_file_id");--> statement-breakpoint
CREATE UNIQUE INDEX "facility_authorisations_corrects_key" ON "facility_authorisations" USING btree ("corrects");--> statement-breakpoint
CREATE UNIQUE INDEX "people_personnel_number_key" ON "people" USING btree ("personnel_number");--> statement-breakpoint
CREATE INDEX "people_manager_idx" ON "people" USING btree ("manager_id");--> statement-breakpoint
CREATE INDEX "people_words_idx" ON "people" USING gin ("words");--> statement-breakpoint
CREATE INDEX "presences_verifier_idx" ON "presences" USING btree ("verified_by");--> statement-breakpoint
CREATE INDEX "presences_retractor_idx" ON "presences" USING btree ("retracted_by");--> statement-breakpoint
CREATE INDEX "presences_evidence_idx" ON "presences" USING btree ("evidence_file_id");--> statement-breakpoint
CREATE UNIQUE INDEX "presences_corrects_key" ON "presences" USING btree ("corrects");--> statement-breakpoint
CREATE INDEX "residences_verifier_idx" ON "residences" USING btree ("verified_by");--> statement-breakpoint
CREATE INDEX "residences_retractor_idx" ON "residences" USING btree ("retracted_by");--> statement-breakpoint
CREATE INDEX "residences_evidence_idx" ON "residences" USING btree ("evidence_file_id");--> statement-breakpoint
CREATE UNIQUE INDEX "residences_corrects_key" ON "residences" USING btree ("corrects");--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_verified" CHECK (("appointments"."verified_at" is null) = ("appointments"."verified_by" is null));--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_retracted" CHECK ("appointments"."retracted_at" is not null or ("appointments"."retracted_by" is null and "appointments"."retraction_reason" is null));--> statement-breakpoint
ALTER TABLE "attendances" ADD CONSTRAINT "attendances_verified" CHECK (("attendances"."verified_at" is null) = ("attendances"."verified_by" is null));--> statement-breakpoint
ALTER TABLE "attendances" ADD CONSTRAINT "attendances_retracted" CHECK ("attendances"."retracted_at" is not null or ("attendances"."retracted_by" is null and "attendances"."retraction_reason" is null));--> statement-breakpoint
ALTER TABLE "citizenships" ADD CONSTRAINT "citizenships_verified" CHECK (("citizenships"."verified_at" is null) = ("citizenships"."verified_by" is null));--> statement-breakpoint
ALTER TABLE "citizenships" ADD CONSTRAINT "citizenships_retracted" CHECK ("citizenships"."retracted_at" is not null or ("citizenships"."retracted_by" is null and "citizenships"."retraction_reason" is null));--> statement-breakpoint
ALTER TABLE "clearances" ADD CONSTRAINT "clearances_verified" CHECK (("clearances"."verified_at" is null) = ("clearances"."verified_by" is null));--> statement-breakpoint
ALTER TABLE "clearances" ADD CONSTRAINT "clearances_retracted" CHECK ("clearances"."retracted_at" is not null or ("clearances"."retracted_by" is null and "clearances"."retraction_reason" is null));--> statement-breakpoint
ALTER TABLE "employments" ADD CONSTRAINT "employments_verified" CHECK (("employments"."verified_at" is null) = ("employments"."verified_by" is null));--> statement-breakpoint
ALTER TABLE "employments" ADD CONSTRAINT "employments_retracted" CHECK ("employments"."retracted_at" is not null or ("employments"."retracted_by" is null and "employments"."retraction_reason" is null));--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD CONSTRAINT "facility_authorisations_verified" CHECK (("facility_authorisations"."verified_at" is null) = ("facility_authorisations"."verified_by" is null));--> statement-breakpoint
ALTER TABLE "facility_authorisations" ADD CONSTRAINT "facility_authorisations_retracted" CHECK ("facility_authorisations"."retracted_at" is not null or ("facility_authorisations"."retracted_by" is null and "facility_authorisations"."retraction_reason" is null));--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_verified" CHECK (("presences"."verified_at" is null) = ("presences"."verified_by" is null));--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_retracted" CHECK ("presences"."retracted_at" is not null or ("presences"."retracted_by" is null and "presences"."retraction_reason" is null));--> statement-breakpoint
ALTER TABLE "residences" ADD CONSTRAINT "residences_verified" CHECK (("residences"."verified_at" is null) = ("residences"."verified_by" is null));--> statement-breakpoint
ALTER TABLE "residences" ADD CONSTRAINT "residences_retracted" CHECK ("residences"."retracted_at" is not null or ("residences"."retracted_by" is null and "residences"."retraction_reason" is null));