ALTER TYPE "public"."notice_kind" ADD VALUE 'watched_sign_in' BEFORE 'person_suspended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'watched_changed' BEFORE 'person_suspended';--> statement-breakpoint
CREATE TABLE "watched_accounts" (
	"object_id" text PRIMARY KEY NOT NULL,
	"state" jsonb NOT NULL,
	"looked_at" timestamp (3) with time zone,
	"sign_ins_read_to" timestamp (3) with time zone,
	"trouble" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "watched_sign_ins" (
	"id" text PRIMARY KEY NOT NULL,
	"object_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"succeeded" boolean NOT NULL,
	"error_code" integer NOT NULL,
	"application" text,
	"ip_address" text,
	"told_at" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL
);
--> statement-breakpoint
ALTER TABLE "watched_sign_ins" ADD CONSTRAINT "watched_sign_ins_object_id_watched_accounts_object_id_fk" FOREIGN KEY ("object_id") REFERENCES "public"."watched_accounts"("object_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "watched_sign_ins_account_idx" ON "watched_sign_ins" USING btree ("object_id","at");