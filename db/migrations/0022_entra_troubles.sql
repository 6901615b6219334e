ALTER TYPE "public"."notice_kind" ADD VALUE 'access_held_up' BEFORE 'access_extended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'tenant_trouble' BEFORE 'person_suspended';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'certificate_expires' BEFORE 'person_suspended';--> statement-breakpoint
ALTER TYPE "public"."notice_subject" ADD VALUE 'tenant';--> statement-breakpoint
CREATE TABLE "tenant_troubles" (
	"key" text PRIMARY KEY NOT NULL,
	"grant_id" uuid,
	"code" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	"told_at" timestamp (3) with time zone,
	CONSTRAINT "tenant_troubles_key" CHECK ("tenant_troubles"."key" = coalesce("tenant_troubles"."grant_id"::text, 'connection'))
);
--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "tenant_id" uuid;--> statement-breakpoint
ALTER TABLE "tenant_troubles" ADD CONSTRAINT "tenant_troubles_grant_id_grants_id_fk" FOREIGN KEY ("grant_id") REFERENCES "public"."grants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "tenant_troubles_grant_idx" ON "tenant_troubles" USING btree ("grant_id");