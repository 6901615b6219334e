CREATE TYPE "public"."people_import_part" AS ENUM('file', 'rows', 'errors');--> statement-breakpoint
CREATE TYPE "public"."method_trouble" AS ENUM('forbidden', 'unsupported', 'throttled', 'unavailable', 'absent');--> statement-breakpoint
CREATE TYPE "public"."tenant_reading" AS ENUM('everyone', 'changes');--> statement-breakpoint
CREATE TYPE "public"."tenant_removal" AS ENUM('soft_deleted', 'deleted', 'unlisted');--> statement-breakpoint
CREATE TYPE "public"."tenant_trouble" AS ENUM('forbidden', 'unsupported', 'throttled', 'unavailable');--> statement-breakpoint
CREATE TABLE "people_import_pieces" (
	"import_id" uuid NOT NULL,
	"part" "people_import_part" NOT NULL,
	"position" integer NOT NULL,
	"key_id" text NOT NULL,
	"nonce" "bytea" NOT NULL,
	"tag" "bytea" NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "people_import_pieces_import_id_part_position_pk" PRIMARY KEY("import_id","part","position"),
	CONSTRAINT "people_import_pieces_nonce" CHECK (octet_length("people_import_pieces"."nonce") = 12 and octet_length("people_import_pieces"."tag") = 16)
);
--> statement-breakpoint
CREATE TABLE "people_imports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"what" text NOT NULL,
	"sha256" text NOT NULL,
	"bytes" bigint NOT NULL,
	"rows" integer NOT NULL,
	"added" integer NOT NULL,
	"changed" integer NOT NULL,
	"same" integer NOT NULL,
	"errors" integer NOT NULL,
	"ends" integer NOT NULL,
	"plan_sha256" text NOT NULL,
	"uploaded_by" uuid NOT NULL,
	"uploaded_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"applied_by" uuid,
	"applied_at" timestamp (3) with time zone,
	"discarded_at" timestamp (3) with time zone,
	CONSTRAINT "people_imports_hashes" CHECK ("people_imports"."sha256" ~ '^[0-9a-f]{64}$' and "people_imports"."plan_sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "people_imports_counts" CHECK ("people_imports"."rows" = "people_imports"."added" + "people_imports"."changed" + "people_imports"."same" + "people_imports"."errors" and least("people_imports"."added", "people_imports"."changed", "people_imports"."same", "people_imports"."errors", "people_imports"."ends") >= 0),
	CONSTRAINT "people_imports_applied" CHECK (("people_imports"."applied_at" is null) = ("people_imports"."applied_by" is null)),
	CONSTRAINT "people_imports_whole" CHECK ("people_imports"."applied_at" is null or "people_imports"."errors" = 0),
	CONSTRAINT "people_imports_one_end" CHECK ("people_imports"."applied_at" is null or "people_imports"."discarded_at" is null)
);
--> statement-breakpoint
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
ALTER TABLE "people_import_pieces" ADD CONSTRAINT "people_import_pieces_import_id_people_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."people_imports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "people_imports" ADD CONSTRAINT "people_imports_uploaded_by_people_id_fk" FOREIGN KEY ("uploaded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "people_imports" ADD CONSTRAINT "people_imports_applied_by_people_id_fk" FOREIGN KEY ("applied_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "people_imports_uploader_idx" ON "people_imports" USING btree ("uploaded_by");--> statement-breakpoint
CREATE INDEX "people_imports_applier_idx" ON "people_imports" USING btree ("applied_by");--> statement-breakpoint
CREATE INDEX "people_imports_time_idx" ON "people_imports" USING btree ("uploaded_at");--> statement-breakpoint
CREATE INDEX "tenant_users_upn_idx" ON "tenant_users" USING btree (lower("user_principal_name"));--> statement-breakpoint
CREATE INDEX "tenant_users_name_idx" ON "tenant_users" USING btree (coalesce("display_name", ''),"object_id");--> statement-breakpoint
CREATE INDEX "tenant_users_tried_idx" ON "tenant_users" USING btree ("methods_tried_at");--> statement-breakpoint
CREATE INDEX "clearances_ending_idx" ON "clearances" USING btree ("valid_until") WHERE "clearances"."state" = 'granted' and "clearances"."retracted_at" is null;--> statement-breakpoint
CREATE INDEX "employments_ending_idx" ON "employments" USING btree ("valid_until") WHERE "employments"."valid_until" is not null and "employments"."retracted_at" is null;--> statement-breakpoint
CREATE INDEX "travels_open_idx" ON "travels" USING btree ("valid_until") WHERE "travels"."retracted_at" is null and "travels"."debriefed_at" is null;