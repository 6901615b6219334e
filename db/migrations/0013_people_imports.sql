CREATE TYPE "public"."people_import_part" AS ENUM('file', 'rows', 'errors');--> statement-breakpoint
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
ALTER TABLE "people_import_pieces" ADD CONSTRAINT "people_import_pieces_import_id_people_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."people_imports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "people_imports" ADD CONSTRAINT "people_imports_uploaded_by_people_id_fk" FOREIGN KEY ("uploaded_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "people_imports" ADD CONSTRAINT "people_imports_applied_by_people_id_fk" FOREIGN KEY ("applied_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "people_imports_uploader_idx" ON "people_imports" USING btree ("uploaded_by");--> statement-breakpoint
CREATE INDEX "people_imports_applier_idx" ON "people_imports" USING btree ("applied_by");--> statement-breakpoint
CREATE INDEX "people_imports_time_idx" ON "people_imports" USING btree ("uploaded_at");