CREATE TYPE "public"."break_glass_state" AS ENUM('awaitingSecond', 'inUse', 'reviewOwed', 'overdue', 'reviewed', 'refused', 'withdrawn', 'timedOut', 'voided');--> statement-breakpoint
ALTER TYPE "public"."challenge_purpose" ADD VALUE 'break_glass';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'break_glass_used';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'break_glass_review_due';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'break_glass_overdue';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'break_glass_not_justified';--> statement-breakpoint
ALTER TYPE "public"."workflow_kind" ADD VALUE 'break_glass';--> statement-breakpoint
CREATE TABLE "break_glass_signatures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"use_id" uuid NOT NULL,
	"part" text NOT NULL,
	"signer_id" uuid NOT NULL,
	"verdict" text NOT NULL,
	"findings" text NOT NULL,
	"envelope" jsonb NOT NULL,
	"assertion" jsonb NOT NULL,
	"credential_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "break_glass_signatures_part" CHECK ("break_glass_signatures"."part" in ('use', 'second', 'review', 'offline'))
);
--> statement-breakpoint
CREATE TABLE "break_glass_uses" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" bigint GENERATED ALWAYS AS IDENTITY (sequence name "break_glass_uses_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_id" uuid NOT NULL,
	"using_role" text NOT NULL,
	"role" text,
	"charter_version_id" uuid NOT NULL,
	"duration_seconds" integer NOT NULL,
	"reason" text NOT NULL,
	"ticket" text NOT NULL,
	"use_sha256" text NOT NULL,
	"offline" jsonb,
	"entry_id" uuid NOT NULL,
	"state" "break_glass_state" NOT NULL,
	"context" jsonb NOT NULL,
	"machine_version" integer NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "break_glass_uses_version_positive" CHECK ("break_glass_uses"."version" > 0),
	CONSTRAINT "break_glass_uses_duration_positive" CHECK ("break_glass_uses"."duration_seconds" > 0),
	CONSTRAINT "break_glass_uses_role" CHECK (("break_glass_uses"."role" is null) = ("break_glass_uses"."offline" is not null))
);
--> statement-breakpoint
ALTER TABLE "break_glass_signatures" ADD CONSTRAINT "break_glass_signatures_use_id_break_glass_uses_id_fk" FOREIGN KEY ("use_id") REFERENCES "public"."break_glass_uses"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass_signatures" ADD CONSTRAINT "break_glass_signatures_signer_id_people_id_fk" FOREIGN KEY ("signer_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass_signatures" ADD CONSTRAINT "break_glass_signatures_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass_uses" ADD CONSTRAINT "break_glass_uses_user_id_people_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass_uses" ADD CONSTRAINT "break_glass_uses_charter_version_id_charter_versions_id_fk" FOREIGN KEY ("charter_version_id") REFERENCES "public"."charter_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "break_glass_signatures_one_key" ON "break_glass_signatures" USING btree ("use_id","signer_id");--> statement-breakpoint
CREATE INDEX "break_glass_signatures_signer_idx" ON "break_glass_signatures" USING btree ("signer_id");--> statement-breakpoint
CREATE INDEX "break_glass_signatures_credential_idx" ON "break_glass_signatures" USING btree ("credential_id");--> statement-breakpoint
CREATE UNIQUE INDEX "break_glass_uses_number_key" ON "break_glass_uses" USING btree ("number");--> statement-breakpoint
CREATE INDEX "break_glass_uses_user_idx" ON "break_glass_uses" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "break_glass_uses_charter_idx" ON "break_glass_uses" USING btree ("charter_version_id");--> statement-breakpoint
CREATE UNIQUE INDEX "break_glass_uses_debt_key" ON "break_glass_uses" USING btree ("using_role") WHERE "break_glass_uses"."offline" is null and "break_glass_uses"."state" in ('awaitingSecond', 'inUse', 'reviewOwed', 'overdue');--> statement-breakpoint
CREATE INDEX "break_glass_uses_owing_idx" ON "break_glass_uses" USING btree ("id") WHERE "break_glass_uses"."state" in ('awaitingSecond', 'inUse', 'reviewOwed', 'overdue');