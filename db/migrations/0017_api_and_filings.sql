CREATE TYPE "public"."provider" AS ENUM('azure', 'm365', 'other');--> statement-breakpoint
ALTER TYPE "public"."challenge_purpose" ADD VALUE 'api_token';--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"name" text NOT NULL,
	"token_sha256" text NOT NULL,
	"scopes" jsonb NOT NULL,
	"credential_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"revoked_by" uuid,
	CONSTRAINT "api_tokens_ends" CHECK ("api_tokens"."expires_at" > "api_tokens"."created_at")
);
--> statement-breakpoint
CREATE TABLE "filings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"filed_by" uuid NOT NULL,
	"refused" jsonb NOT NULL,
	"token_id" uuid,
	"body_sha256" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "provider_boundaries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"provider" "provider" NOT NULL,
	"name" text NOT NULL,
	"scope" text NOT NULL,
	"approver_role" text NOT NULL,
	"holders_needed" integer NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"entry_id" uuid NOT NULL,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "provider_boundaries_needed" CHECK ("provider_boundaries"."holders_needed" between 1 and 99),
	CONSTRAINT "provider_boundaries_scope" CHECK ("provider_boundaries"."scope" = lower("provider_boundaries"."scope") and "provider_boundaries"."scope" <> '')
);
--> statement-breakpoint
DROP INDEX "requests_filing_key";--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_revoked_by_people_id_fk" FOREIGN KEY ("revoked_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "filings" ADD CONSTRAINT "filings_filed_by_people_id_fk" FOREIGN KEY ("filed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "filings" ADD CONSTRAINT "filings_token_id_api_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."api_tokens"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_boundaries" ADD CONSTRAINT "provider_boundaries_recorded_by_people_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_tokens_token_key" ON "api_tokens" USING btree ("token_sha256");--> statement-breakpoint
CREATE INDEX "api_tokens_person_idx" ON "api_tokens" USING btree ("person_id","created_at");--> statement-breakpoint
CREATE INDEX "api_tokens_credential_idx" ON "api_tokens" USING btree ("credential_id");--> statement-breakpoint
CREATE INDEX "api_tokens_revoked_by_idx" ON "api_tokens" USING btree ("revoked_by");--> statement-breakpoint
CREATE INDEX "api_tokens_created_idx" ON "api_tokens" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "filings_filed_by_idx" ON "filings" USING btree ("filed_by");--> statement-breakpoint
CREATE INDEX "filings_token_idx" ON "filings" USING btree ("token_id");--> statement-breakpoint
CREATE UNIQUE INDEX "provider_boundaries_scope_key" ON "provider_boundaries" USING btree ("provider","scope") WHERE "provider_boundaries"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "provider_boundaries_recorder_idx" ON "provider_boundaries" USING btree ("recorded_by");--> statement-breakpoint
CREATE UNIQUE INDEX "requests_filing_role_key" ON "requests" USING btree ("filing_key","role");