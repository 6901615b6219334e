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
