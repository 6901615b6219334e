ALTER TYPE "public"."notice_kind" ADD VALUE 'decision_due';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'information_asked';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'information_given';--> statement-breakpoint
CREATE TABLE "absences" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"stand_in_id" uuid,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL,
	"end_entry_id" uuid,
	CONSTRAINT "absences_interval" CHECK ("absences"."valid_until" >= "absences"."valid_from"),
	CONSTRAINT "absences_other" CHECK ("absences"."stand_in_id" is null or "absences"."stand_in_id" <> "absences"."person_id")
);
--> statement-breakpoint
CREATE TABLE "drafts" (
	"person_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject" uuid NOT NULL,
	"fields" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "drafts_person_id_kind_subject_pk" PRIMARY KEY("person_id","kind","subject"),
	CONSTRAINT "drafts_kind" CHECK ("drafts"."kind" in ('request', 'decision'))
);
--> statement-breakpoint
CREATE TABLE "request_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"request_id" uuid NOT NULL,
	"author_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL,
	CONSTRAINT "request_messages_kind" CHECK ("request_messages"."kind" in ('question', 'answer'))
);
--> statement-breakpoint
CREATE TABLE "requests_waiting" (
	"request_id" uuid NOT NULL,
	"role" text NOT NULL,
	"decide_by" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "requests_waiting_request_id_role_pk" PRIMARY KEY("request_id","role")
);
--> statement-breakpoint
DROP INDEX "decisions_one_per_person_key";--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "group_index" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "as_role" text;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "granted_seconds" integer;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "filed_by" uuid;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "start_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "filing_key" uuid;--> statement-breakpoint
ALTER TABLE "absences" ADD CONSTRAINT "absences_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "absences" ADD CONSTRAINT "absences_stand_in_id_people_id_fk" FOREIGN KEY ("stand_in_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_messages" ADD CONSTRAINT "request_messages_request_id_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_messages" ADD CONSTRAINT "request_messages_author_id_people_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "requests_waiting" ADD CONSTRAINT "requests_waiting_request_id_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "absences_person_idx" ON "absences" USING btree ("person_id","valid_until");--> statement-breakpoint
CREATE INDEX "absences_stand_in_idx" ON "absences" USING btree ("stand_in_id","valid_until");--> statement-breakpoint
CREATE UNIQUE INDEX "absences_open_key" ON "absences" USING btree ("person_id","valid_from") WHERE "absences"."end_entry_id" is null;--> statement-breakpoint
CREATE INDEX "drafts_updated_idx" ON "drafts" USING btree ("updated_at");--> statement-breakpoint
CREATE INDEX "request_messages_request_idx" ON "request_messages" USING btree ("request_id","at");--> statement-breakpoint
CREATE INDEX "request_messages_author_idx" ON "request_messages" USING btree ("author_id");--> statement-breakpoint
CREATE INDEX "requests_waiting_queue_idx" ON "requests_waiting" USING btree ("role","decide_by","request_id");--> statement-breakpoint
ALTER TABLE "requests" ADD CONSTRAINT "requests_filed_by_people_id_fk" FOREIGN KEY ("filed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "requests_filed_by_idx" ON "requests" USING btree ("filed_by");--> statement-breakpoint
CREATE UNIQUE INDEX "requests_filing_key" ON "requests" USING btree ("filing_key");--> statement-breakpoint
CREATE UNIQUE INDEX "decisions_one_per_person_key" ON "decisions" USING btree ("request_id","revision","approver_id");--> statement-breakpoint
ALTER TABLE "requests" ADD CONSTRAINT "requests_filed_by_other" CHECK ("requests"."filed_by" is null or "requests"."filed_by" <> "requests"."requester_id");