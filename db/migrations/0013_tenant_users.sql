CREATE TYPE "public"."method_trouble" AS ENUM('forbidden', 'unsupported', 'throttled', 'unavailable', 'absent');--> statement-breakpoint
CREATE TYPE "public"."tenant_reading" AS ENUM('everyone', 'changes');--> statement-breakpoint
CREATE TYPE "public"."tenant_removal" AS ENUM('soft_deleted', 'deleted', 'unlisted');--> statement-breakpoint
CREATE TYPE "public"."tenant_trouble" AS ENUM('forbidden', 'unsupported', 'throttled', 'unavailable');--> statement-breakpoint
CREATE TABLE "tenant_sync" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"tenant" text NOT NULL,
	"round" integer DEFAULT 0 NOT NULL,
	"reading" "tenant_reading" DEFAULT 'everyone' NOT NULL,
	"next_link" text,
	"delta_link" text,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"asked_at" timestamp (3) with time zone,
	"trouble" "tenant_trouble",
	"trouble_code" text,
	"trouble_since" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"not_before" timestamp (3) with time zone,
	"methods_trouble" "method_trouble",
	"methods_trouble_code" text,
	"methods_trouble_since" timestamp (3) with time zone,
	"methods_not_before" timestamp (3) with time zone,
	CONSTRAINT "tenant_sync_one" CHECK ("tenant_sync"."id" = 1),
	CONSTRAINT "tenant_sync_trouble" CHECK (("tenant_sync"."trouble" is null) = ("tenant_sync"."trouble_since" is null)),
	CONSTRAINT "tenant_sync_methods" CHECK (("tenant_sync"."methods_trouble" is null) = ("tenant_sync"."methods_trouble_since" is null))
);
--> statement-breakpoint
CREATE TABLE "tenant_users" (
	"object_id" uuid PRIMARY KEY NOT NULL,
	"user_principal_name" text,
	"display_name" text,
	"account_enabled" boolean,
	"user_type" text,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	"round" integer NOT NULL,
	"removed" "tenant_removal",
	"removed_at" timestamp (3) with time zone,
	"method_kinds" text[],
	"methods_read_at" timestamp (3) with time zone,
	"methods_tried_at" timestamp (3) with time zone,
	"methods_trouble" "method_trouble",
	CONSTRAINT "tenant_users_removed" CHECK (("tenant_users"."removed" is null) = ("tenant_users"."removed_at" is null)),
	CONSTRAINT "tenant_users_read" CHECK (("tenant_users"."method_kinds" is null) = ("tenant_users"."methods_read_at" is null)),
	CONSTRAINT "tenant_users_tried" CHECK ("tenant_users"."methods_trouble" is null or "tenant_users"."methods_tried_at" is not null)
);
--> statement-breakpoint
CREATE INDEX "tenant_users_upn_idx" ON "tenant_users" USING btree (lower("user_principal_name"));--> statement-breakpoint
CREATE INDEX "tenant_users_name_idx" ON "tenant_users" USING btree (coalesce("display_name", ''),"object_id");--> statement-breakpoint
CREATE INDEX "tenant_users_tried_idx" ON "tenant_users" USING btree ("methods_tried_at");