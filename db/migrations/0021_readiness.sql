CREATE TABLE "readiness_accounts" (
	"report_id" uuid NOT NULL,
	"object_id" text NOT NULL,
	"name" text,
	"upn" text,
	CONSTRAINT "readiness_accounts_report_id_object_id_pk" PRIMARY KEY("report_id","object_id")
);
--> statement-breakpoint
CREATE TABLE "readiness_reports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" integer GENERATED ALWAYS AS IDENTITY (sequence name "readiness_reports_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"made_at" timestamp (3) with time zone NOT NULL,
	"made_by" uuid NOT NULL,
	"source" text NOT NULL,
	"read_at" timestamp (3) with time zone NOT NULL,
	"charter_version" integer NOT NULL,
	"score" double precision NOT NULL,
	"report" jsonb NOT NULL,
	"entry_id" uuid NOT NULL,
	CONSTRAINT "readiness_reports_source" CHECK ("readiness_reports"."source" in ('tenant', 'files')),
	CONSTRAINT "readiness_reports_score" CHECK ("readiness_reports"."score" between 0 and 1)
);
--> statement-breakpoint
CREATE TABLE "readiness_tasks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"what" text NOT NULL,
	"about" text,
	"count" integer NOT NULL,
	"phase" text NOT NULL,
	"duty" text NOT NULL,
	"owner_id" uuid,
	"due_on" date NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"done_at" timestamp (3) with time zone,
	"done_by" uuid,
	"mended_at" timestamp (3) with time zone,
	"version" integer NOT NULL,
	CONSTRAINT "readiness_tasks_done" CHECK (("readiness_tasks"."done_at" is null) = ("readiness_tasks"."done_by" is null)),
	CONSTRAINT "readiness_tasks_phase" CHECK ("readiness_tasks"."phase" in ('assessment', 'cutover'))
);
--> statement-breakpoint
ALTER TABLE "readiness_accounts" ADD CONSTRAINT "readiness_accounts_report_id_readiness_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."readiness_reports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readiness_reports" ADD CONSTRAINT "readiness_reports_made_by_people_id_fk" FOREIGN KEY ("made_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readiness_tasks" ADD CONSTRAINT "readiness_tasks_owner_id_people_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readiness_tasks" ADD CONSTRAINT "readiness_tasks_done_by_people_id_fk" FOREIGN KEY ("done_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "readiness_accounts_object_idx" ON "readiness_accounts" USING btree ("object_id");--> statement-breakpoint
CREATE UNIQUE INDEX "readiness_reports_number_key" ON "readiness_reports" USING btree ("number");--> statement-breakpoint
CREATE INDEX "readiness_reports_maker_idx" ON "readiness_reports" USING btree ("made_by");--> statement-breakpoint
CREATE UNIQUE INDEX "readiness_tasks_key" ON "readiness_tasks" USING btree ("key");--> statement-breakpoint
CREATE INDEX "readiness_tasks_owner_idx" ON "readiness_tasks" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "readiness_tasks_doer_idx" ON "readiness_tasks" USING btree ("done_by");--> statement-breakpoint
CREATE INDEX "readiness_tasks_due_idx" ON "readiness_tasks" USING btree ("due_on") WHERE "readiness_tasks"."done_at" is null and "readiness_tasks"."mended_at" is null;