CREATE TYPE "public"."alarm_subject" AS ENUM('request', 'grant', 'timer');--> statement-breakpoint
CREATE TYPE "public"."notice_kind" AS ENUM('request_voided', 'grant_ending', 'approval_fell');--> statement-breakpoint
CREATE TYPE "public"."suspension_effect" AS ENUM('request', 'approval', 'grant', 'session', 'link', 'amendment', 'tenant_sessions');--> statement-breakpoint
CREATE TYPE "public"."citizenship_document" AS ENUM('passport', 'identity_card', 'certificate', 'register', 'declaration');--> statement-breakpoint
CREATE TYPE "public"."fact_source" AS ENUM('officer', 'import', 'scim', 'vetting_case', 'feed');--> statement-breakpoint
CREATE TYPE "public"."travel_verdict" AS ENUM('approved', 'refused');--> statement-breakpoint
CREATE TYPE "public"."badge_direction" AS ENUM('in', 'out');--> statement-breakpoint
CREATE TYPE "public"."vetting_state" AS ENUM('requested', 'sponsored', 'invited', 'submitted', 'checks_running', 'clarification', 'adjudication', 'granted', 'granted_with_conditions', 'denied', 'briefed_active', 'review_for_cause', 'suspended', 'revoked', 'appeal', 'expired', 'lapsed_no_sponsor', 'admin_withdrawn', 'transferred_out', 'debriefed');--> statement-breakpoint
CREATE TYPE "public"."evidence_type" AS ENUM('application/pdf', 'image/jpeg', 'image/png');--> statement-breakpoint
ALTER TYPE "public"."challenge_purpose" ADD VALUE 'suspension';--> statement-breakpoint
ALTER TYPE "public"."challenge_purpose" ADD VALUE 'vetting';--> statement-breakpoint
ALTER TYPE "public"."workflow_kind" ADD VALUE 'vetting';--> statement-breakpoint
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
CREATE TABLE "scim_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"token_sha256" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"replaces" uuid,
	CONSTRAINT "scim_tokens_hash" CHECK ("scim_tokens"."token_sha256" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "scim_users" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"external_id" text,
	"given_name" text,
	"family_name" text,
	"email" text,
	"employee_number" text,
	"manager_id" uuid,
	"active" boolean NOT NULL,
	"removed_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "scim_users_removed" CHECK ("scim_users"."removed_at" is null or not "scim_users"."active"),
	CONSTRAINT "scim_users_manager" CHECK ("scim_users"."manager_id" is null or "scim_users"."manager_id" <> "scim_users"."person_id")
);
--> statement-breakpoint
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
	"last_heard_at" timestamp (3) with time zone,
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
ALTER TABLE "clearances" ADD COLUMN "clearance_id" uuid;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "post" text;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "sponsor_id" uuid;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "conditions" text;--> statement-breakpoint
ALTER TABLE "clearances" ADD COLUMN "issued_at" timestamp (3) with time zone;--> statement-breakpoint
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
ALTER TABLE "presences" ADD COLUMN "badge_event_id" uuid;--> statement-breakpoint
ALTER TABLE "residences" ADD COLUMN "source" "fact_source" DEFAULT 'import' NOT NULL;--> statement-breakpoint
ALTER TABLE "residences" ADD COLUMN "evidence_file_id" uuid;--> statement-breakpoint
ALTER TABLE "residences" ADD COLUMN "corrects" uuid;--> statement-breakpoint
ALTER TABLE "residences" ADD COLUMN "verified_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "residences" ADD COLUMN "verified_by" uuid;--> statement-breakpoint
ALTER TABLE "residences" ADD COLUMN "retracted_by" uuid;--> statement-breakpoint
ALTER TABLE "residences" ADD COLUMN "retraction_reason" text;--> statement-breakpoint
ALTER TABLE "lapse_alarms" ADD CONSTRAINT "lapse_alarms_acknowledged_by_people_id_fk" FOREIGN KEY ("acknowledged_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_request_id_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspension_effects" ADD CONSTRAINT "suspension_effects_suspension_id_suspensions_id_fk" FOREIGN KEY ("suspension_id") REFERENCES "public"."suspensions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspension_lifts" ADD CONSTRAINT "suspension_lifts_suspension_id_suspensions_id_fk" FOREIGN KEY ("suspension_id") REFERENCES "public"."suspensions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspension_lifts" ADD CONSTRAINT "suspension_lifts_proposed_by_people_id_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspension_lifts" ADD CONSTRAINT "suspension_lifts_confirmed_by_people_id_fk" FOREIGN KEY ("confirmed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspensions" ADD CONSTRAINT "suspensions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspensions" ADD CONSTRAINT "suspensions_officer_id_people_id_fk" FOREIGN KEY ("officer_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scim_tokens" ADD CONSTRAINT "scim_tokens_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scim_users" ADD CONSTRAINT "scim_users_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scim_users" ADD CONSTRAINT "scim_users_manager_id_people_id_fk" FOREIGN KEY ("manager_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
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
ALTER TABLE "badge_deliveries" ADD CONSTRAINT "badge_deliveries_feed_id_badge_feeds_id_fk" FOREIGN KEY ("feed_id") REFERENCES "public"."badge_feeds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "badge_events" ADD CONSTRAINT "badge_events_feed_id_badge_feeds_id_fk" FOREIGN KEY ("feed_id") REFERENCES "public"."badge_feeds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "badge_events" ADD CONSTRAINT "badge_events_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "badge_feed_keys" ADD CONSTRAINT "badge_feed_keys_feed_id_badge_feeds_id_fk" FOREIGN KEY ("feed_id") REFERENCES "public"."badge_feeds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "badge_feeds" ADD CONSTRAINT "badge_feeds_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "badges" ADD CONSTRAINT "badges_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "badges" ADD CONSTRAINT "badges_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vetting_cases" ADD CONSTRAINT "vetting_cases_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vetting_cases" ADD CONSTRAINT "vetting_cases_sponsor_id_people_id_fk" FOREIGN KEY ("sponsor_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vetting_cases" ADD CONSTRAINT "vetting_cases_opened_by_people_id_fk" FOREIGN KEY ("opened_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vetting_cases" ADD CONSTRAINT "vetting_cases_proposed_by_people_id_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vetting_cases" ADD CONSTRAINT "vetting_cases_confirmed_by_people_id_fk" FOREIGN KEY ("confirmed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vetting_evidence" ADD CONSTRAINT "vetting_evidence_case_id_vetting_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."vetting_cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vetting_evidence" ADD CONSTRAINT "vetting_evidence_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence_files" ADD CONSTRAINT "evidence_files_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence_files" ADD CONSTRAINT "evidence_files_stored_by_people_id_fk" FOREIGN KEY ("stored_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence_pieces" ADD CONSTRAINT "evidence_pieces_file_id_evidence_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."evidence_files"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
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
CREATE UNIQUE INDEX "scim_tokens_token_key" ON "scim_tokens" USING btree ("token_sha256");--> statement-breakpoint
CREATE UNIQUE INDEX "scim_tokens_replaces_key" ON "scim_tokens" USING btree ("replaces");--> statement-breakpoint
CREATE INDEX "scim_tokens_creator_idx" ON "scim_tokens" USING btree ("created_by");--> statement-breakpoint
CREATE UNIQUE INDEX "scim_users_external_key" ON "scim_users" USING btree ("external_id");--> statement-breakpoint
CREATE UNIQUE INDEX "scim_users_employee_key" ON "scim_users" USING btree ("employee_number");--> statement-breakpoint
CREATE INDEX "scim_users_manager_idx" ON "scim_users" USING btree ("manager_id");--> statement-breakpoint
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
CREATE INDEX "badge_deliveries_received_idx" ON "badge_deliveries" USING btree ("received_at");--> statement-breakpoint
CREATE UNIQUE INDEX "badge_events_external_key" ON "badge_events" USING btree ("feed_id","external_id");--> statement-breakpoint
CREATE INDEX "badge_events_person_idx" ON "badge_events" USING btree ("person_id","at");--> statement-breakpoint
CREATE INDEX "badge_events_unknown_idx" ON "badge_events" USING btree ("badge","at") WHERE "badge_events"."person_id" is null;--> statement-breakpoint
CREATE INDEX "badge_feed_keys_feed_idx" ON "badge_feed_keys" USING btree ("feed_id");--> statement-breakpoint
CREATE INDEX "badge_feeds_creator_idx" ON "badge_feeds" USING btree ("created_by");--> statement-breakpoint
CREATE INDEX "badges_person_idx" ON "badges" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "badges_recorder_idx" ON "badges" USING btree ("recorded_by");--> statement-breakpoint
CREATE UNIQUE INDEX "badges_number_key" ON "badges" USING btree ("number") WHERE "badges"."returned_at" is null;--> statement-breakpoint
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
ALTER TABLE "clearances" ADD CONSTRAINT "clearances_sponsor_id_people_id_fk" FOREIGN KEY ("sponsor_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
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
ALTER TABLE "presences" ADD CONSTRAINT "presences_badge_event_id_badge_events_id_fk" FOREIGN KEY ("badge_event_id") REFERENCES "public"."badge_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."presences"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "residences" ADD CONSTRAINT "residences_evidence_file_id_evidence_files_id_fk" FOREIGN KEY ("evidence_file_id") REFERENCES "public"."evidence_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "residences" ADD CONSTRAINT "residences_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "residences" ADD CONSTRAINT "residences_retracted_by_people_id_fk" FOREIGN KEY ("retracted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "residences" ADD CONSTRAINT "residences_corrects_fk" FOREIGN KEY ("corrects") REFERENCES "public"."residences"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "grants_running_idx" ON "grants" USING btree ("id") WHERE "grants"."state" in ('planned', 'provisioning', 'active');--> statement-breakpoint
CREATE INDEX "requests_waiting_idx" ON "requests" USING btree ("id") WHERE "requests"."state" = 'pending';--> statement-breakpoint
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
CREATE INDEX "clearances_history_idx" ON "clearances" USING btree ("clearance_id");--> statement-breakpoint
CREATE INDEX "clearances_sponsor_idx" ON "clearances" USING btree ("sponsor_id");--> statement-breakpoint
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
CREATE INDEX "presences_event_idx" ON "presences" USING btree ("badge_event_id");--> statement-breakpoint
CREATE INDEX "presences_facility_idx" ON "presences" USING btree ("facility","valid_until");--> statement-breakpoint
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
ALTER TABLE "people" ADD CONSTRAINT "people_own_manager" CHECK ("people"."manager_id" <> "people"."id");--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_verified" CHECK (("presences"."verified_at" is null) = ("presences"."verified_by" is null));--> statement-breakpoint
ALTER TABLE "presences" ADD CONSTRAINT "presences_retracted" CHECK ("presences"."retracted_at" is not null or ("presences"."retracted_by" is null and "presences"."retraction_reason" is null));--> statement-breakpoint
ALTER TABLE "residences" ADD CONSTRAINT "residences_verified" CHECK (("residences"."verified_at" is null) = ("residences"."verified_by" is null));--> statement-breakpoint
ALTER TABLE "residences" ADD CONSTRAINT "residences_retracted" CHECK ("residences"."retracted_at" is not null or ("residences"."retracted_by" is null and "residences"."retraction_reason" is null));