CREATE TABLE "tenant_places" (
	"tenant" text NOT NULL,
	"kind" text NOT NULL,
	"object_id" text NOT NULL,
	"seen" jsonb,
	"read_at" timestamp (3) with time zone,
	"tried_at" timestamp (3) with time zone,
	"asked_at" timestamp (3) with time zone,
	"trouble" text,
	"trouble_code" text,
	CONSTRAINT "tenant_places_tenant_kind_object_id_pk" PRIMARY KEY("tenant","kind","object_id"),
	CONSTRAINT "tenant_places_kind" CHECK ("tenant_places"."kind" in ('role', 'unit', 'group', 'pim')),
	CONSTRAINT "tenant_places_trouble" CHECK ("tenant_places"."trouble" in ('notAsked', 'forbidden', 'unsupported', 'throttled', 'unavailable', 'unreadable')),
	CONSTRAINT "tenant_places_read" CHECK (("tenant_places"."seen" is null) = ("tenant_places"."read_at" is null)),
	CONSTRAINT "tenant_places_tried" CHECK ("tenant_places"."tried_at" is not null or ("tenant_places"."read_at" is null and "tenant_places"."trouble" is null))
);
--> statement-breakpoint
CREATE TABLE "readiness_file_pieces" (
	"reading_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"key_id" text NOT NULL,
	"nonce" "bytea" NOT NULL,
	"tag" "bytea" NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "readiness_file_pieces_reading_id_position_pk" PRIMARY KEY("reading_id","position"),
	CONSTRAINT "readiness_file_pieces_nonce" CHECK (octet_length("readiness_file_pieces"."nonce") = 12 and octet_length("readiness_file_pieces"."tag") = 16)
);
--> statement-breakpoint
DROP INDEX "readiness_readings_one_open";--> statement-breakpoint
ALTER TABLE "look_asks" ADD COLUMN "everything_asked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "readiness_readings" ADD COLUMN "source" text DEFAULT 'tenant' NOT NULL;--> statement-breakpoint
ALTER TABLE "readiness_readings" ADD COLUMN "problems" jsonb;--> statement-breakpoint
ALTER TABLE "readiness_file_pieces" ADD CONSTRAINT "readiness_file_pieces_reading_id_readiness_readings_id_fk" FOREIGN KEY ("reading_id") REFERENCES "public"."readiness_readings"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "readiness_readings_one_open" ON "readiness_readings" USING btree ("source") WHERE "readiness_readings"."finished_at" is null;--> statement-breakpoint
ALTER TABLE "readiness_readings" ADD CONSTRAINT "readiness_readings_source" CHECK ("readiness_readings"."source" in ('tenant', 'files'));--> statement-breakpoint
ALTER TABLE "readiness_readings" ADD CONSTRAINT "readiness_readings_problems" CHECK ("readiness_readings"."problems" is null or "readiness_readings"."trouble" is not null);